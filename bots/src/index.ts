export { type ChatOptions, chat } from './chat.ts';
export { type Handling, handleMessage, type IncomingMessage } from './conversation.ts';
export type { UiEvent } from './ui-events.ts';
export type { View } from './view.ts';
