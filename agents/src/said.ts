import type { Said } from './run.ts';

export interface SaidMessage {
  readonly author: 'person' | 'agent' | 'system' | 'tool';
  readonly text: string;
}

const TOLD_LENGTH = 4000;

/** What a model is told of a conversation: what people and agents said, and what commands answered. */
export function asSaid(messages: readonly SaidMessage[]): Said[] {
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
