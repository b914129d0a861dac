// Text that streams into a terminal, broken between words within its width.
import { withoutControls } from '@troupe-os/core/command-line';

export interface Writer {
  readonly width: number;
  /** A piece of running text, of any length. */
  write(text: string): void;
  endParagraph(): void;
  /** A line of its own, cut where the terminal ends. */
  note(line: string): void;
  /** Lines of their own, broken between words. */
  say(text: string): void;
  /** Lines that are laid out already. */
  block(text: string): void;
  end(): void;
}

const MOST_WIDTH = 80;

/** At most 80 columns, less where the terminal is narrower. */
export function writerTo(out: { write(text: string): unknown; columns?: number }): Writer {
  const width = Math.min(out.columns ?? MOST_WIDTH, MOST_WIDTH);
  // others may have written what is said here
  const put = (text: string) => void out.write(withoutControls(text));
  let column = 0;
  let word = '';

  function flushWord() {
    if (word === '') return;
    if (column > 0 && column + 1 + word.length > width) newLine();
    put(column > 0 ? ` ${word}` : word);
    column += word.length + (column > 0 ? 1 : 0);
    word = '';
  }
  function newLine() {
    out.write('\n');
    column = 0;
  }
  function endLine() {
    flushWord();
    if (column > 0) newLine();
  }
  function note(text: string) {
    endLine();
    const line = text.replaceAll(/\s+/g, ' ').trimEnd();
    put(`${line.length > width ? `${line.slice(0, width - 1)}…` : line}\n`);
  }

  function write(text: string) {
    for (const character of text) {
      if (character === '\n') {
        flushWord();
        newLine();
      } else if (character === ' ') flushWord();
      else word += character;
    }
  }

  return {
    width,
    write,
    say(text) {
      endLine();
      write(text);
      endLine();
    },
    endParagraph: endLine,
    note,
    block(text) {
      endLine();
      put(`${text}\n`);
    },
    end: endLine,
  };
}
