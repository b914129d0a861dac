// All questions at once, asked by a model: the loop of an agent, with HTTP on both sides of it.
import type { LLMock, ToolCall } from '@copilotkit/aimock';
import { readEvents } from '../bots/src/terminal/events.ts';
import { type Asker, headersOf, type Question, startChat } from './ask-surfaces.ts';
import { actions, type Outcome } from './decisions.ts';

const ASK = 'Ask it all.';

/** Has the model ask it all: by the action's tool, else by its name, else by a tool that nobody has offered. Answers what tells the tools that it was offered last. */
export function scriptQuestions(model: LLMock, questions: readonly Question[]): () => ReadonlySet<string> {
  let offered: ReadonlySet<string> = new Set();
  const inOrder = questions.toSorted((one, other) => turnOf(one) - turnOf(other));
  model.on({ userMessage: ASK, hasToolResult: false }, ({ tools = [] }) => {
    offered = new Set(tools.map((tool) => tool.function.name));
    return { toolCalls: inOrder.map((question) => toolCall(question, offered)) };
  });
  model.on({ userMessage: ASK, hasToolResult: true }, { content: 'That was all.' });
  return () => offered;
}

/** Whoever has read text from outside does nothing of consequence any more, so what may hold such text comes late. */
function turnOf({ action: name }: Question): number {
  const { effect, consequential, untrustedOutput } = actions.find((action) => action.name === name) ?? {};
  if (effect === 'read') return 3;
  if (!untrustedOutput) return 0;
  return consequential ? 1 : 2;
}

function toolCall({ action, effect, input }: Question, offered: ReadonlySet<string>): ToolCall {
  const name = action.replaceAll(/[.-]/g, '_');
  const args = { ...(input as object), ...(effect === 'write' ? { dryRun: true } : {}) };
  const isByName = !offered.has(name) && offered.has('run_action');
  return isByName
    ? { name: 'run_action', arguments: JSON.stringify({ action, input: args }) }
    : { name, arguments: JSON.stringify(args) };
}

/** Says to an agent what makes its model ask, and reads what was told of the calls. */
export async function askAgent(asker: Asker, agentId: string, questions: readonly Question[]): Promise<Outcome[]> {
  const conversationId = await startChat(asker, agentId);
  const response = await fetch(`${asker.url}/chat/conversations/${conversationId}/messages`, {
    method: 'POST',
    headers: headersOf(asker),
    body: JSON.stringify({ text: ASK }),
  });
  if (!response.body) throw new Error('An answer is a stream.');
  const calls = new Map<string, { code: string; callId: string | undefined }>();
  let said = '';
  for await (const event of readEvents(response.body)) {
    if (event.type === 'error') throw new Error(event.errorText);
    if (event.type === 'text-delta') said += event.delta;
    if (event.type !== 'data-call') continue;
    const { action, error, callId } = event.data;
    calls.set(action, { code: error ?? 'done', callId });
  }
  if (said !== 'That was all.') throw new Error(`The model ended with: ${said}`);
  const requestId = response.headers.get('x-request-id') ?? undefined;
  // what is said and used is kept by calls of the same request
  return questions.map(({ action }) => ({
    action,
    requestId,
    isShared: true,
    ...(calls.get(action) ?? { code: 'not offered' }),
  }));
}
