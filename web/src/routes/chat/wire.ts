// What the chat surface answers, as far as the pages read it.

export interface Conversation {
  readonly conversationId: string;
  readonly ownerId: string;
  readonly title: string;
  readonly agentName?: string;
  readonly updatedAt: string;
}

export interface ToolCall {
  readonly action: string;
  readonly input?: unknown;
  readonly callId?: string;
  readonly outcome: 'succeeded' | 'failed';
  readonly error?: unknown;
  /** The approval that it waits for, or waited for. */
  readonly approvalId?: string;
  /** What it has answered with, where that is a file. */
  readonly file?: { readonly name?: string; readonly contentType?: string; readonly url?: string };
}

export interface Message {
  readonly messageId: string;
  readonly sequence: number;
  readonly author: 'person' | 'agent' | 'system' | 'tool';
  readonly authorName: string;
  readonly text: string;
  readonly status: 'streaming' | 'done' | 'stopped' | 'failed';
  readonly tool?: ToolCall;
  readonly createdAt: string;
}

export interface ChatState {
  readonly model: string | null;
  readonly agents: readonly { readonly agentId: string; readonly name: string; readonly role: string }[];
}

/** A file that waits to be sent with a message. */
export interface AttachedFile {
  readonly name: string;
  readonly id: string;
}

/** What one says. */
export interface Saying {
  readonly text: string;
  readonly files?: readonly File[];
  /** The message of one's own in whose place it stands, with all that came after it. */
  readonly replaces?: Pick<Message, 'messageId' | 'sequence'>;
}

export interface Completions {
  /** The place in the text from which on an item replaces it. */
  readonly from: number;
  readonly items: readonly { readonly text: string; readonly title: string }[];
}

export interface Conversations {
  readonly items: readonly Conversation[];
}

export interface OpenConversation {
  readonly conversation: Conversation;
  readonly messages: readonly Message[];
}

/** Events of the stream: the AI SDK's UI message stream, of which only these are read. */
export type StreamEvent =
  | { readonly type: 'start'; readonly messageId: string }
  | { readonly type: 'data-message'; readonly data: { readonly messageId: string; readonly text: string } }
  | { readonly type: 'text-delta'; readonly delta: string }
  | { readonly type: 'data-call'; readonly data: ToolCall }
  | { readonly type: 'error'; readonly errorText: string; readonly kept?: true }
  | { readonly type: 'abort' | 'finish' | 'text-start' | 'text-end' };

/** An answer is numbered where it begins, and read where it ends: after what was done for it. */
export function inReadingOrder(messages: readonly Message[]): Message[] {
  const ordered: Message[] = [];
  let answer: Message | undefined;
  for (const message of messages) {
    if (message.author !== 'tool' && answer) ordered.push(answer);
    if (message.author !== 'tool') answer = undefined;
    if (message.author === 'agent') answer = message;
    else ordered.push(message);
  }
  return answer ? [...ordered, answer] : ordered;
}
