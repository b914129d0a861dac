// One loop for all channels: a message is kept, then answered by a command, by the agent, or by suggestions.
import { approvalOf, RunLeft, type Runner } from '@troupe-os/agents';
import { TroupeError } from '@troupe-os/core';
import { answerByAgent } from './agent-answer.ts';
import { isCommand, runCommand, withoutSecrets } from './commands.ts';
import { errorEvent, errorText } from './error-text.ts';
import { chatErrors } from './errors.ts';
import { parseLine } from './line.ts';
import {
  type Added,
  type Agent,
  type Asking,
  addMessage,
  addMessageOnce,
  readAgent,
  readConversation,
  type ToolUse,
} from './records.ts';
import { suggest, suggestionText } from './suggest.ts';
import { type Emit, emitText } from './ui-events.ts';

export interface IncomingMessage extends Asking {
  readonly conversationId: string;
  readonly text: string;
  /** A message of theirs that is said anew by it. */
  readonly replaces?: string;
  /** What makes a message that is sent twice one message. */
  readonly idempotencyKey?: string;
  /** The installation's model, `provider/model`; undefined: none. */
  readonly model: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** The process that works on answers. */
  readonly runner: Runner;
}

export interface Handling {
  /** Answers; whatever fails from here on is told as an event, and the person's message stays. */
  answer(emit: Emit, signal: AbortSignal): Promise<void>;
}

/**
 * Takes a message in: it is kept before anything is answered.
 * Errors: those of workforce.add-message, chat.empty, chat.handled_already.
 */
export async function handleMessage(incoming: IncomingMessage): Promise<Handling> {
  const { kernel, caller, conversationId, replaces } = incoming;
  const text = incoming.text.trim();
  if (text === '') throw chatErrors.empty();
  const kept = isCommand(text) ? await withoutSecrets(kernel, caller, text) : text;
  const message = { conversationId, author: 'person', text: kept, ...(replaces ? { replaces } : {}) } as const;
  const added = await addMessageOnce(incoming, message, incoming.idempotencyKey);
  if (added.replayed) throw chatErrors.handled_already({ messageId: added.messageId });

  return {
    async answer(emit, signal) {
      const { messageId, sequence, title } = added;
      emit({ type: 'data-message', data: { messageId, sequence, text: kept }, transient: true });
      if (title && sequence === 1) emit({ type: 'data-title', data: { conversationId, title }, transient: true });
      try {
        if (isCommand(text)) return await answerByCommand(incoming, text, added, emit);
        // what came after it waits for an answer of its own
        const page = { conversationId, before: sequence + 1, withTools: false, limit: 100 };
        const { conversation, summary, messages } = await readConversation(incoming, page);
        const agent = conversation.agentId ? await readAgent(incoming, conversation.agentId) : undefined;
        const model = agent?.model ?? incoming.model;
        if (!agent || !model || agent.state === 'paused') return await answerBySuggestions(incoming, text, agent, emit);
        const before = { said: messages, ...(summary ? { summary } : {}), tainted: conversation.tainted };
        await answerByAgent({ ...incoming, agent, model, ...before, emit, signal });
      } catch (error) {
        // the house stops: the answer goes on when it is there again
        if (error instanceof RunLeft) emit({ type: 'abort', left: true });
        else await tellFailure(incoming, error, emit);
      } finally {
        emit({ type: 'finish' });
      }
    },
  };
}

async function answerByCommand(incoming: IncomingMessage, text: string, { messageId }: Added, emit: Emit): Promise<void> {
  const answer = await runCommand({ ...incoming, key: `chat-${messageId}` }, text);
  const { ran } = answer;
  const kept = await addMessage(incoming, {
    conversationId: incoming.conversationId,
    author: 'system',
    text: answer.kept,
    taints: ran?.taints ?? false,
    ...(ran
      ? { tool: { action: ran.action, input: JSON.stringify(ran.input), callId: ran.callId, outcome: 'succeeded' as const } }
      : {}),
  });
  emit({ type: 'start', messageId: kept.messageId });
  emit({ type: 'data-view', data: answer.view });
  if (answer.file) emit({ type: 'data-file', data: answer.file });
  emitText(emit, kept.messageId, answer.text);
}

async function answerBySuggestions(incoming: IncomingMessage, text: string, agent: Agent | undefined, emit: Emit): Promise<void> {
  const reason =
    agent?.state === 'paused' ? `${agent.name} is paused.` : 'No model is set, so nobody here understands sentences.';
  const items = await suggest(incoming.kernel, incoming.caller, text);
  const told = suggestionText(reason, items);
  const { messageId } = await addMessage(incoming, { conversationId: incoming.conversationId, author: 'system', text: told });
  emit({ type: 'start', messageId });
  emit({ type: 'data-suggestions', data: { items } });
  emitText(emit, messageId, told);
}

/** One clear message: kept in the conversation, and told now. */
async function tellFailure(incoming: IncomingMessage, thrown: unknown, emit: Emit): Promise<void> {
  const { kernel, conversationId, requestId } = incoming;
  const told = errorText(thrown, requestId);
  if (!(thrown instanceof TroupeError)) kernel.log.error('a message could not be answered', { requestId, error: String(thrown) });
  let isKept = false;
  try {
    await addMessage(incoming, {
      conversationId,
      author: 'system',
      text: told.text,
      status: 'failed',
      ...waiting(incoming.text, thrown),
    });
    isKept = true;
  } catch (error) {
    // the person is told all the same; that it is not kept must be seen by an operator
    kernel.log.error('a failure could not be kept in its conversation', { requestId, conversationId, error: String(error) });
  }
  emit({ ...errorEvent(thrown, requestId), ...(isKept ? { kept: true as const } : {}) });
}

/** The command that waits for a yes. */
function waiting(text: string, thrown: unknown): { tool?: ToolUse } {
  const { approvalId } = thrown instanceof TroupeError ? approvalOf(thrown) : {};
  if (!approvalId || !(thrown instanceof TroupeError) || !isCommand(text)) return {};
  const { plugin, verb } = parseLine(text);
  return { tool: { action: `${plugin}.${verb}`, outcome: 'failed', error: thrown.code, approvalId } };
}
