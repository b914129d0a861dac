// A house that watches prices: on a database of its own, with people who may.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type AnyAction, defineAction, type Plugin } from '@troupe-os/core';
import { startTestKernel, type TestKernel, type TestKernelOptions } from '@troupe-os/core/testing';
import { z } from 'zod';
import { marketdataWith, type PriceSource } from '../src/index.ts';

type AnyPlugin = Plugin<string, readonly AnyAction[]>;

/** Starts it without a shop. */
export async function startMarket(
  sources: readonly PriceSource[],
  options: TestKernelOptions = {},
  others: readonly AnyPlugin[] = [],
) {
  return furnish(await startTestKernel([withClock(marketdataWith(sources)), ...others], options));
}

/** With an action that does what the clock does each quarter of an hour. */
function withClock(plugin: ReturnType<typeof marketdataWith>): AnyPlugin {
  const strike = defineAction({
    name: 'marketdata.strike-clock',
    title: 'Strike',
    description: 'Does what the clock does.',
    effect: 'write',
    consequential: false,
    risk: 'low',
    permission: 'marketdata.source.refresh',
    input: z.strictObject({}),
    output: z.strictObject({}),
    async handler(ctx) {
      for (const job of plugin.jobs ?? []) if (job.schedule) await ctx.enqueue(job, {});
      return {};
    },
  });
  return { ...plugin, actions: [...plugin.actions, strike] };
}

/** Calls by name, as somebody who may read and change everything here. */
export function furnish<House extends TestKernel>(house: House) {
  const editor = house.as({ id: 'eve', roles: ['editor'] });
  const ask = async <T = Answer>(action: string, input: unknown = {}, caller = editor): Promise<T> =>
    (await house.call(caller, `marketdata.${action}`, input)).output as T;
  return {
    ...house,
    editor,
    ask,
    /** Uploads a file of quotes and brings it in. */
    async bring(text: string | Uint8Array, caller = editor) {
      const bytes = Buffer.from(text);
      const call = { action: 'marketdata.import-quotes', caller };
      const file = await house.kernel.receiveFile(call, 'quotes.csv', Readable.from([bytes]), bytes.length + 1);
      return ask('import-quotes', { file }, caller);
    },
    refresh: (sourceId: string, caller = editor) => ask('refresh-source', { sourceId }, caller),
    quotes: async (input: object = {}) => (await ask('list-quotes', { limit: 100, ...input })).items,
  };
}

/** What the actions answer, loosely. */
export interface Answer {
  readonly items: readonly Record<string, never>[];
  readonly added: number;
  readonly known: number;
  readonly faultCount: number;
  readonly faults: readonly { line: number; reason: string }[];
  readonly error?: { code: string };
  readonly hasMore: boolean;
  readonly watchId: string;
}

/** A file in a folder of its own: its path. */
export async function newFile(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'troupe-quotes-')), 'quotes.csv');
  await writeFile(path, text);
  return path;
}

const HEADER = 'asset,kind,amount,unit,at';

/** A CSV file of these lines. */
export const csv = (...lines: readonly string[]): string => [HEADER, ...lines].join('\n');
