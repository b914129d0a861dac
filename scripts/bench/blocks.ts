// Rivals in alternating blocks of one run, so that what else the machine does hits them alike.
import { quantile } from './report.ts';

export interface Rival {
  readonly name: string;
  /** One call, whole. `caller` is 0 … callers - 1. */
  once(caller: number): Promise<unknown>;
}

export interface Result {
  readonly name: string;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly calls: number;
}

/** `rounds` times, in turning order: each rival alone for `blockMs`, by `callers` callers at once. The first block of each warms up and does not count. */
export async function compare(
  rivals: readonly Rival[],
  { callers, rounds, blockMs }: { callers: number; rounds: number; blockMs: number },
): Promise<Result[]> {
  const times = new Map(rivals.map(({ name }) => [name, [] as number[]]));
  const spent = new Map(rivals.map(({ name }) => [name, 0]));
  for (const rival of rivals) await block(rival, callers, blockMs / 2);
  for (let round = 0; round < rounds; round++) {
    const order = [...rivals.slice(round % rivals.length), ...rivals.slice(0, round % rivals.length)];
    for (const rival of order) {
      const began = performance.now();
      times.get(rival.name)?.push(...(await block(rival, callers, blockMs)));
      spent.set(rival.name, (spent.get(rival.name) ?? 0) + performance.now() - began);
    }
  }
  return rivals.map(({ name }) => {
    const sorted = (times.get(name) ?? []).sort((one, other) => one - other);
    return {
      name,
      calls: sorted.length,
      perSecond: sorted.length / ((spent.get(name) ?? 1) / 1000),
      p50: quantile(sorted, 0.5),
      p95: quantile(sorted, 0.95),
      p99: quantile(sorted, 0.99),
    };
  });
}

async function block(rival: Rival, callers: number, blockMs: number): Promise<number[]> {
  const until = performance.now() + blockMs;
  const caller = async (_: unknown, at: number) => {
    const times: number[] = [];
    while (performance.now() < until) {
      const began = performance.now();
      await rival.once(at);
      times.push(performance.now() - began);
    }
    return times;
  };
  return (await Promise.all(Array.from({ length: callers }, caller))).flat();
}
