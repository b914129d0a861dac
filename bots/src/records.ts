// Conversations, as a channel reaches them: by the actions of workforce, and in no other way.
import type { Summary } from '@troupe-os/agents';
import type { Caller, Kernel } from '@troupe-os/core/surface';

/** Who asks, and what joins all that is done for one message in the record. */
export interface Asking {
  readonly kernel: Kernel;
  readonly caller: Caller;
  readonly requestId: string;
  readonly trace: string;
}

export interface Conversation {
  readonly conversationId: string;
  readonly ownerId: string;
  readonly agentId?: string;
  readonly agentName?: string;
  readonly title: string;
  readonly surface: string;
  readonly tainted: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ToolUse {
  readonly action: string;
  /** JSON, without secrets. */
  readonly input?: string;
  readonly callId?: string;
  readonly outcome: 'succeeded' | 'failed';
  readonly error?: string;
  /** The approval that it waits for, or waited for. */
  readonly approvalId?: string;
}

export interface Message {
  readonly messageId: string;
  readonly sequence: number;
  readonly author: 'person' | 'agent' | 'system' | 'tool';
  readonly authorName: string;
  readonly text: string;
  readonly status: 'streaming' | 'done' | 'stopped' | 'failed';
  readonly tool?: ToolUse;
  readonly createdAt: string;
}

export interface Agent {
  readonly agentId: string;
  readonly name: string;
  readonly role: string;
  readonly instructions: string;
  readonly model?: string;
  readonly state: 'active' | 'paused';
}

interface NewMessage {
  readonly conversationId: string;
  readonly author: 'person' | 'system';
  readonly text: string;
  readonly status?: 'done' | 'failed';
  readonly tool?: ToolUse;
  readonly taints?: boolean;
  /** A message of theirs in whose place it stands, with all that came after it. */
  readonly replaces?: string;
}

export interface Added {
  readonly messageId: string;
  readonly sequence: number;
  readonly title?: string;
  readonly tainted: boolean;
}

/** Runs an action of workforce; what it answers is typed by whoever calls. Errors: those of the action. */
export async function act<T>(asking: Asking, action: string, input: object, idempotencyKey?: string): Promise<T> {
  const { output } = await kernelCall(asking, action, input, idempotencyKey);
  return output as T; // the action's schema has made it
}

export const addMessage = (asking: Asking, message: NewMessage): Promise<Added> =>
  act(asking, 'workforce.add-message', { ...message, text: clip(message.text) });

/** A repeated key is answered with what was added first, and `replayed`. */
export async function addMessageOnce(asking: Asking, message: NewMessage, key: string | undefined) {
  const { output, replayed } = await kernelCall(asking, 'workforce.add-message', message, key);
  return { ...(output as Added), replayed };
}

export const readConversation = (
  asking: Asking,
  page: { conversationId: string; before?: number; withTools?: boolean; limit?: number },
): Promise<{ conversation: Conversation; summary?: Summary; messages: Message[]; earlier?: number }> =>
  act(asking, 'workforce.get-conversation', page);

export const readAgent = (asking: Asking, agentId: string): Promise<Agent> => act(asking, 'workforce.get-agent', { agentId });

function kernelCall({ kernel, caller, requestId, trace }: Asking, action: string, input: object, idempotencyKey?: string) {
  const key = idempotencyKey ? { idempotencyKey } : {};
  return kernel.execute({ action, input, caller, surface: 'chat', requestId, trace, ...key });
}

const MOST_TEXT = 100_000;
const clip = (text: string): string => (text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT - 1)}…`);
