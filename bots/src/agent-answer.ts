// The agent's answer to a message: streamed to the channel, and kept with each tool call that it made.
import { modelOf, type RunEvent, runAgent } from '@troupe-os/agents';
import type { Caller } from '@troupe-os/core/surface';
import { type Agent, type Asking, addMessage, finishMessage, type Message } from './records.ts';
import type { Emit } from './ui-events.ts';

interface AgentQuestion extends Asking {
  readonly conversationId: string;
  readonly agent: Agent;
  readonly model: string;
  readonly env: NodeJS.ProcessEnv;
  readonly tainted: boolean;
  /** What was said before, the oldest first, and the message to be answered. */
  readonly said: readonly Pick<Message, 'author' | 'text' | 'status'>[];
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

const SUMMARY_LENGTH = 500;
const TOLD_LENGTH = 4000;
/** An answer that takes longer is stopped. */
const LONGEST_RUN_MS = 600_000;

/** Errors: agents.*, those of workforce.add-message, and whatever stopped the model. What was written until then is kept. */
export async function answerByAgent(question: AgentQuestion): Promise<void> {
  const { conversationId, agent, emit, caller: person } = question;
  const caller: Caller = {
    principal: { id: agent.agentId, kind: 'agent', name: agent.name, credential: `conversation:${conversationId}` },
    onBehalfOf: person.principal,
    tainted: question.tainted,
    ...(person.address ? { address: person.address } : {}),
  };
  const asAgent: Asking = { ...question, caller };
  const model = modelOf(question.model, question.env);
  const { messageId } = await addMessage(asAgent, { conversationId, author: 'agent', text: '', status: 'streaming' });
  emit({ type: 'start', messageId });

  const text = paragraphs(messageId, emit);
  try {
    const result = await runAgent({
      ...question,
      conversation: { id: conversationId, tainted: question.tainted, said: asSaid(question.said) },
      caller,
      model,
      signal: AbortSignal.any([question.signal, AbortSignal.timeout(LONGEST_RUN_MS)]),
      onEvent: (event) => (event.type.startsWith('text') ? text.take(event) : keepToolCall(asAgent, conversationId, event, emit)),
    });
    text.end();
    await finishMessage(asAgent, { messageId, text: result.text, status: result.status });
    if (result.status === 'stopped') emit({ type: 'abort' });
    if (result.error) throw result.error;
  } catch (error) {
    text.end();
    await finishUnlessFinished(asAgent, messageId, text.written());
    throw error;
  }
}

/** A failure of the run ends its message too; one that has ended stays as it is. */
async function finishUnlessFinished(asAgent: Asking, messageId: string, text: string): Promise<void> {
  try {
    await finishMessage(asAgent, { messageId, text, status: 'failed' });
  } catch (error) {
    // it was finished before, or the agent may not write any more: the first failure is what the person is told
    asAgent.kernel.log.debug('a message was not finished', { messageId, error: String(error) });
  }
}

/** Each paragraph is a text part of its own. */
function paragraphs(messageId: string, emit: Emit) {
  const texts: string[] = [];
  let open: string | undefined;
  const end = () => {
    if (open !== undefined) emit({ type: 'text-end', id: open });
    open = undefined;
  };
  return {
    end,
    written: () => texts.join('\n\n'),
    take(event: RunEvent) {
      if (event.type === 'text-ended') return end();
      if (event.type !== 'text') return;
      if (open === undefined) {
        open = `${messageId}-${texts.length}`;
        texts.push('');
        emit({ type: 'text-start', id: open });
      }
      texts[texts.length - 1] += event.text;
      emit({ type: 'text-delta', id: open, delta: event.text });
    },
  };
}

async function keepToolCall(asAgent: Asking, conversationId: string, event: RunEvent, emit: Emit): Promise<void> {
  if (event.type === 'tool-started') {
    const { toolCallId, tool, input } = event.call;
    emit({ type: 'tool-input-available', toolCallId, toolName: tool, input });
  }
  if (event.type !== 'tool-finished') return;
  const { call, callId, error, output, taints } = event;
  const outcome = error ? 'failed' : 'succeeded';
  const part = { action: call.action, ...(callId ? { callId } : {}), outcome, ...(error ? { error: error.code } : {}) } as const;
  await addMessage(asAgent, {
    conversationId,
    author: 'tool',
    text: error ? `${error.message} (${error.code})` : summary(output),
    tool: { ...part, action: call.action.slice(0, 200), input: JSON.stringify(call.input).slice(0, 100_000) },
    taints,
  });
  const { toolCallId } = call;
  if (error) emit({ type: 'tool-output-error', toolCallId, errorText: `${error.message} (${error.code})` });
  else emit({ type: 'tool-output-available', toolCallId, output });
  emit({ type: 'data-call', id: toolCallId, data: { toolCallId, ...part } });
}

function summary(output: unknown): string {
  const text = JSON.stringify(output) ?? 'done';
  return text.length <= SUMMARY_LENGTH ? text : `${text.slice(0, SUMMARY_LENGTH - 1)}…`;
}

/** What the model is told of the conversation: what people and agents said, and what commands answered. */
function asSaid(messages: AgentQuestion['said']) {
  return messages
    .filter(({ author, text }) => author !== 'tool' && text !== '')
    .map(({ author, text }) => {
      if (author === 'agent') return { role: 'assistant' as const, content: text };
      return {
        role: 'user' as const,
        content: author === 'system' ? `(The system answered: ${text.slice(0, TOLD_LENGTH)})` : text,
      };
    });
}
