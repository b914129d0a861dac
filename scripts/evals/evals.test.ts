// The roster on its recorded conversations, and that its scorers find out who claims what was not done.
import { beforeAll, expect, test } from 'vitest';
import { say } from '../../agents/evals/conversation.ts';
import { conversations } from '../../agents/evals/index.ts';
import { definitions } from '../../agents/roster/index.ts';
import { evaluate, hasFailed } from './evaluate.ts';
import { type EvalHouse, openEvalHouse } from './house.ts';
import { evaluationText } from './report.ts';
import { type Player, startPlayer } from './script.ts';

let player: Player;
let house: EvalHouse;
beforeAll(async () => {
  player = await startPlayer();
  house = await openEvalHouse(player.env);
});

const cases = conversations.map((conversation) => [`${conversation.agent}: ${conversation.name}`, conversation] as const);

test('every agent has its own task among the conversations, and one in which it is held to a policy', () => {
  for (const { name, task } of definitions) {
    const own = conversations.filter(({ agent }) => agent === name);
    expect(own.some(({ turns }) => turns[0]?.says === task.brief)).toBe(true);
    expect(own.some((conversation) => conversation.name.startsWith('policy:'))).toBe(true);
  }
});

test.each(cases)('who does nothing and claims that all is done fails: %s', async (_, conversation) => {
  const liar = [say('All done as you wished, for 98765.43 EUR.')];
  expect(hasFailed(await evaluate(house, conversation, () => player.play(liar)))).toBe(true);
});

test.each(cases)('%s', async (_, conversation) => {
  const evaluated = await evaluate(house, conversation, player.play);
  const { scores, calls, text, cost } = evaluated;
  const failed = scores.filter(({ score, least }) => score < least);
  expect(failed, `${JSON.stringify(calls)}\n${text}`).toEqual([]);
  expect(cost.inputTokens).toBeGreaterThan(0);
  expect(
    Math.max(
      ...evaluationText(evaluated)
        .split('\n')
        .map(({ length }) => length),
    ),
  ).toBeLessThanOrEqual(80);
});
