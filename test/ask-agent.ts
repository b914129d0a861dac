// All questions at once, asked by a model: the loop of an agent, with HTTP on both sides of it.
import type { LLMock, ToolCall } from '@copilotkit/aimock';
import { readEvents } from '../bots/src/terminal/events.ts';
import { type Asker, headersOf, type Question, startChat } from './ask-surfaces.ts';
import { actions, type Outcome } from './decisions.ts';

const ASK = 'Ask it all.';
/** More in one step are not used. */
const AT_ONCE = 60;

/** Has the model ask it all: by the action's tool, else by its name, else by a tool that nobody has offered. Answers what tells the tools that it was offered last. */
export function scriptQuestions(model: LLMock, questions: readonly Question[]): () => ReadonlySet<string> {
  let offered: ReadonlySet<string> = new Set();
  const inOrder = questions.toSorted((one, other) => turnOf(one) - turnOf(other));
  model.on({ userMessage: ASK }, ({ tools = [], messages }) => {
    offered = new Set(tools.map((tool) => tool.function.name));
    const asked = messages.filter(({ role }) => role === 'tool').length;
    const next = inOrder.slice(asked, asked + AT_ONCE).map((question) => toolCall(question, offered));
    return next.length > 0 ? { toolCalls: next } : { content: 'That was all.' };
  });
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

/** What an agent did and said in answer to a message. */
export interface Told {
  /** In their order. */
  readonly calls: readonly { readonly action: string; readonly code: string; readonly callId: string | undefined }[];
  readonly said: string;
  /** Why there is no answer. */
  readonly failure: string | undefined;
  readonly requestId: string | undefined;
}

/** Says something in a conversation, and reads all that is told of the answer. */
export async function sayIn(asker: Asker, conversationId: string, text: string): Promise<Told> {
  const response = await fetch(`${asker.url}/chat/conversations/${conversationId}/messages`, {
    method: 'POST',
    headers: headersOf(asker),
    body: JSON.stringify({ text }),
  });
  if (!response.body) throw new Error('An answer is a stream.');
  const calls: Told['calls'][number][] = [];
  let said = '';
  let failure: string | undefined;
  for await (const event of readEvents(response.body)) {
    if (event.type === 'error') failure = event.errorText;
    if (event.type === 'text-delta') said += event.delta;
    if (event.type !== 'data-call') continue;
    const { action, error, callId } = event.data;
    calls.push({ action, code: error ?? 'done', callId });
  }
  return { calls, said, failure, requestId: response.headers.get('x-request-id') ?? undefined };
}

/** Says to an agent what makes its model ask, and reads what was told of the calls. */
export async function askAgent(asker: Asker, agentId: string, questions: readonly Question[]): Promise<Outcome[]> {
  const told = await sayIn(asker, await startChat(asker, agentId), ASK);
  if (told.said !== 'That was all.') throw new Error(`The model ended with: ${told.failure ?? told.said}`);
  const calls = new Map(told.calls.map(({ action, code, callId }) => [action, { code, callId }]));
  // what is said and used is kept by calls of the same request
  return questions.map(({ action }) => ({
    action,
    requestId: told.requestId,
    isShared: true,
    ...(calls.get(action) ?? { code: 'not offered' }),
  }));
}
