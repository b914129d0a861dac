// A difference as somebody reads it who decides about it: nothing in it is hidden, and nothing of it moves the terminal.
import type { ToolDefinition } from './definition.ts';
import type { ToolRule } from './options.ts';
import type { FoundTool } from './review.ts';

const SIGNS = { same: ' ', added: '+', changed: '~', gone: '-', unusable: '!' } as const;

export const listLine = ({ name, state, action, fault }: FoundTool): string =>
  `  ${state.padEnd(8)}  ${visible(name)} → ${action}${fault === undefined ? '' : `: ${visible(fault)}`}`;

export function reviewText(id: string, tools: readonly FoundTool[]): string {
  const lines = tools.flatMap((tool) => {
    const { name, state, action, rule, pinned, fault } = tool;
    const head = `${SIGNS[state]} ${visible(name)} → ${action}`;
    if (state === 'same') return [head];
    if (state === 'gone') return [`${head}: not offered any more`];
    if (fault !== undefined || !pinned) return [`${head}: cannot be used, and is left out: ${visible(fault ?? '')}`];
    const rights = `    here: ${effectOf(rule)}, ${rule.risk ?? 'high'} risk; from ${(rule.roles ?? ['admin']).join(', ')} on`;
    if (state === 'added') return [head, rights, ...partsOf(pinned.definition)];
    return [
      head,
      rights,
      ...tool.differences.flatMap(({ part, before, after }) => [
        `    ${part}`,
        `      was ${shown(before)}`,
        `      is  ${shown(after)}`,
      ]),
    ];
  });
  return [`${id}:`, ...lines].join('\n');
}

function effectOf(rule: ToolRule): string {
  if (rule.effect === 'read') return 'reads';
  return (rule.consequential ?? true) ? 'changes something of consequence' : 'changes something';
}

const partsOf = ({ name: _, ...definition }: ToolDefinition): string[] =>
  Object.entries(definition).map(([part, value]) => `    ${part}: ${shown(value)}`);

const shown = (value: unknown): string => (value === undefined ? 'nothing' : visible(JSON.stringify(value)));

/** Control characters, marks that change the order of writing, and letters that no font shows stand as their numbers. */
export const visible = (text: string): string =>
  text.replaceAll(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
