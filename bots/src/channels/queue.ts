// Work of several lines: one after another in each, and beside each other in different ones.

export interface Queue {
  push(line: string, work: () => Promise<void>): void;
  /** How much of a line is not done yet. */
  waiting(line: string): number;
  /** Resolves when all is done that was pushed until now. */
  settled(): Promise<void>;
}

export function createQueue(): Queue {
  const lines = new Map<string, { tail: Promise<void>; waiting: number }>();
  return {
    push(line, work) {
      const { tail, waiting } = lines.get(line) ?? { tail: Promise.resolve(), waiting: 0 };
      const done = tail.then(work).finally(() => {
        const now = lines.get(line);
        if (now) now.waiting -= 1;
        if (now?.waiting === 0) lines.delete(line);
      });
      const entry = lines.get(line) ?? { tail: done, waiting };
      entry.tail = done.catch(() => undefined);
      entry.waiting += 1;
      lines.set(line, entry);
    },
    waiting: (line) => lines.get(line)?.waiting ?? 0,
    async settled() {
      while (lines.size > 0) await Promise.all([...lines.values()].map(({ tail }) => tail));
    },
  };
}
