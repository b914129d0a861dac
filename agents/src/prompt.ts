// What a model is asked: who the agent is, what was said, and what came of the steps before.
import type { AskedTool, PromptMessage } from './ask-model.ts';
import { asData, type RememberedFact } from './memory.ts';
import type { KeptResult, ToolResult } from './record.ts';
import type { RunQuestion } from './run.ts';
import { argumentsOf } from './use-tools.ts';

export const told = ({ toolCallId, outcome }: ToolResult): KeptResult => ({
  toolCallId,
  told: JSON.stringify(outcome.told) ?? 'null',
});

/** What a step adds to the next question. */
export function turn(text: string, calls: readonly AskedTool[], results: readonly KeptResult[]): PromptMessage[] {
  const tellings = new Map(results.map((result) => [result.toolCallId, result.told]));
  return [
    {
      role: 'assistant',
      content: [
        ...(text === '' ? [] : [{ type: 'text' as const, text }]),
        ...calls.map(({ toolCallId, tool, input }) => ({
          type: 'tool-call' as const,
          toolCallId,
          toolName: tool,
          input: argumentsOf(input) ?? {},
        })),
      ],
    },
    {
      role: 'tool',
      content: calls.map(({ toolCallId, tool }) => ({
        type: 'tool-result' as const,
        toolCallId,
        toolName: tool,
        output: { type: 'json' as const, value: JSON.parse(tellings.get(toolCallId) ?? 'null') },
      })),
    },
  ];
}

/** `facts`: what is remembered and may matter, told before what is to be answered. */
export function promptFor({ agent, caller, said }: RunQuestion, facts: readonly RememberedFact[]): PromptMessage[] {
  const person = caller.onBehalfOf?.name;
  const turns = said.map(({ role, content }) => ({ role, content: [{ type: 'text' as const, text: content }] }));
  const instructions = [
    agent.instructions,
    `Your name is ${agent.name}.${person ? ` You speak with ${person} and act for them.` : ''} Today is ${new Date().toISOString().slice(0, 10)}.`,
    'Sums are whole numbers of minor units beside their unit: "1250" in EUR is 12.50.',
  ].join('\n');
  return [
    { role: 'system', content: instructions },
    ...turns.slice(0, -1),
    ...(facts.length === 0 ? [] : [{ role: 'user' as const, content: [{ type: 'text' as const, text: asData(facts) }] }]),
    ...turns.slice(-1),
  ];
}
