// What is printed of an evaluation, 80 columns wide.
import { type Evaluated, hasFailed } from './evaluate.ts';

const WIDTH = 80;

/** One conversation: a line for itself, and one for each of its scorers. */
export function evaluationText(evaluated: Evaluated): string {
  const { agent, conversation, scores, cost } = evaluated;
  const tokens = `${cost.inputTokens} + ${cost.outputTokens} tokens  ${dollars(cost.microUsd)}`;
  const head = [line(agent, tokens), line(`  ${conversation}`, hasFailed(evaluated) ? 'FAILED' : 'passed')];
  const below = scores.map(({ scorer, score, least }) =>
    line(`    ${scorer}`, `${score.toFixed(2)}${score < least ? ` of ${least.toFixed(2)}` : ''}`),
  );
  return `\n${[...head, ...below].join('\n')}\n`;
}

export function totalText(all: readonly Evaluated[]): string {
  const failed = all.filter(hasFailed).length;
  const microUsd = all.reduce((sum, { cost }) => sum + cost.microUsd, 0);
  const tokens = all.reduce((sum, { cost }) => sum + cost.inputTokens + cost.outputTokens, 0);
  return `\n${all.length - failed} of ${all.length} conversations passed, ${tokens} tokens, ${dollars(microUsd)}\n`;
}

const dollars = (microUsd: number): string => `${(microUsd / 1_000_000).toFixed(4)} USD`;

/** Something on the left, cut where it must be, and something on the right. */
function line(left: string, right: string): string {
  const most = WIDTH - right.length - 2;
  const shown = left.length > most ? `${left.slice(0, most - 1)}…` : left;
  return `${shown.padEnd(most)}  ${right}`;
}
