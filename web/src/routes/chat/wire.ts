// What the chat surface answers, as far as the pages read it.

export interface Conversation {
  readonly conversationId: string;
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
}

export interface Message {
  readonly messageId: string;
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
  | { readonly type: 'error'; readonly errorText: string }
  | { readonly type: 'abort' | 'finish' | 'text-start' | 'text-end' };
