// The agent's answer to a message, as a channel is told of it.
import { approvalOf, modelNames, type RunEvent, type Runner, recall, type Summary, type Telling } from '@troupe-os/agents';
import type { Caller, Kernel } from '@troupe-os/core/surface';
import type { LiveAnswer } from './answers.ts';
import { errorEvent } from './error-text.ts';
import type { Agent, Asking, Message } from './records.ts';
import { fileOf } from './sent-files.ts';
import type { Emit } from './ui-events.ts';

interface AgentQuestion extends Asking {
  readonly runner: Runner;
  readonly conversationId: string;
  readonly agent: Agent;
  /** `provider/model`, or several with commas between them. */
  readonly model: string;
  readonly env: NodeJS.ProcessEnv;
  readonly tainted: boolean;
  /** What was said before, the oldest first, and the message to be answered. */
  readonly said: readonly Pick<Message, 'author' | 'text' | 'sequence'>[];
  /** What stands for the messages before them. */
  readonly summary?: Summary;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** An answer that takes longer is stopped. */
const LONGEST_RUN_MS = 600_000;

/** Errors: agents.*, those of workforce.start-run, and whatever stopped the model. What was written until then is kept. */
export async function answerByAgent(question: AgentQuestion): Promise<void> {
  const { conversationId, agent, emit, caller: person } = question;
  const caller: Caller = {
    principal: { id: agent.agentId, kind: 'agent', name: agent.name, credential: `conversation:${conversationId}` },
    onBehalfOf: person.principal,
    tainted: question.tainted,
    ...(person.address ? { address: person.address } : {}),
  };
  const { tell, end } = teller(question.kernel, emit);
  try {
    const result = await question.runner.answer({
      ...question,
      ...recall({ messages: question.said, ...(question.summary ? { summary: question.summary } : {}) }),
      caller,
      models: modelNames(question.model),
      signal: AbortSignal.any([question.signal, AbortSignal.timeout(LONGEST_RUN_MS)]),
      onEvent: tell,
    });
    if (result.status === 'stopped') emit({ type: 'abort' });
    if (result.error) throw result.error;
  } finally {
    end();
  }
}

/** A run that was taken over from another process, told as an answer that begins anew. */
export function tellTakenOver(
  kernel: Kernel,
  live: LiveAnswer,
  { messageId, requestId }: { messageId: string; requestId: string },
): Telling {
  const telling = tellRun(kernel, live, requestId);
  telling.onEvent({ type: 'started', messageId });
  return { ...telling, signal: AbortSignal.any([live.signal, AbortSignal.timeout(LONGEST_RUN_MS)]) };
}

/** An answer that nobody has asked for at this moment, told to whoever looks at its conversation. */
export function tellRun(kernel: Kernel, { emit, signal, end: over }: LiveAnswer, requestId: string): Telling {
  const { tell, end } = teller(kernel, emit);
  return {
    onEvent: tell,
    signal,
    done(result) {
      end();
      if (result?.error) emit(errorEvent(result.error, requestId));
      if (result === undefined || result.status === 'stopped') emit({ type: 'abort' });
      emit({ type: 'finish' });
      over();
    },
  };
}

/** What a run tells, as a channel's events. */
function teller(kernel: Kernel, emit: Emit) {
  const text = paragraphs(emit);
  return {
    end: text.end,
    tell(event: RunEvent) {
      if (event.type === 'started') emit({ type: 'start', messageId: event.messageId });
      text.take(event);
      tellTool(kernel, event, emit);
    },
  };
}

/** Each paragraph is a text part of its own. */
function paragraphs(emit: Emit) {
  let [messageId, count] = ['', 0];
  let open: string | undefined;
  const end = () => {
    if (open !== undefined) emit({ type: 'text-end', id: open });
    open = undefined;
  };
  return {
    end,
    take(event: RunEvent) {
      if (event.type === 'started') messageId = event.messageId;
      if (event.type === 'text-ended') end();
      if (event.type !== 'text') return;
      if (open === undefined) {
        open = `${messageId}-${count}`;
        count += 1;
        emit({ type: 'text-start', id: open });
      }
      emit({ type: 'text-delta', id: open, delta: event.text });
    },
  };
}

function tellTool(kernel: Kernel, event: RunEvent, emit: Emit): void {
  if (event.type === 'tool-started') {
    const { toolCallId, tool, input } = event.call;
    emit({ type: 'tool-input-available', toolCallId, toolName: tool, input });
  }
  if (event.type !== 'tool-finished') return;
  const { call, callId, error, output } = event;
  const { toolCallId, action } = call;
  if (error) emit({ type: 'tool-output-error', toolCallId, errorText: `${error.message} (${error.code})` });
  else emit({ type: 'tool-output-available', toolCallId, output });
  const part = {
    toolCallId,
    action,
    ...(callId ? { callId } : {}),
    outcome: error ? ('failed' as const) : ('succeeded' as const),
  };
  const file = error ? undefined : fileOf(kernel, action, call.input, output);
  if (file) emit({ type: 'data-file', data: file });
  emit({ type: 'data-call', id: toolCallId, data: { ...part, ...(error ? { error: error.code, ...approvalOf(error) } : {}) } });
}
