// What a tool answered, as text of a length that is kept.
import { MOST_ANSWER, type OutsideAnswer } from '@troupe-os/plugin-outside/contract';

export interface ToolAnswer {
  readonly content?: readonly ContentBlock[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean | undefined;
}

interface ContentBlock {
  readonly type: string;
  readonly text?: unknown;
  readonly data?: unknown;
  readonly uri?: unknown;
  readonly mimeType?: unknown;
  readonly resource?: { readonly uri?: unknown; readonly text?: unknown };
}

/** Texts as they are, structured content as JSON where there is no text, and of the rest what was left out. */
export function answerOf({ content = [], structuredContent, isError }: ToolAnswer): OutsideAnswer {
  const parts = content.map(textOf);
  if (structuredContent !== undefined && !content.some(({ type }) => type === 'text'))
    parts.push(JSON.stringify(structuredContent));
  // a database keeps neither NUL nor half a character
  const text = parts.join('\n').replaceAll('\0', '\ufffd');
  return {
    state: isError ? 'refused' : 'done',
    text: text.slice(0, MOST_ANSWER).toWellFormed(),
    isCut: text.length > MOST_ANSWER,
  };
}

function textOf({ type, text, data, uri, mimeType, resource }: ContentBlock): string {
  if (typeof text === 'string') return text;
  if (typeof resource?.text === 'string') return resource.text;
  const about = [mimeType, uri ?? resource?.uri].filter((one) => typeof one === 'string').join(' ');
  const size = typeof data === 'string' ? `, ${data.length} characters` : '';
  return `[${type}${about ? ` ${about}` : ''}${size}: left out]`;
}
