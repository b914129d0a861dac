import { type Context, defineJob, type Tools } from '@troupe-os/core';
import { z } from 'zod';
import { marketdataErrors } from './errors.ts';
import { type Asked, askSource, keepFailure, keepSource } from './readings.ts';
import type { PriceSource } from './source.ts';

/** Reads one source on. It is not tried again at once: the next reading is soon. */
export const readSourceJob = (sources: readonly PriceSource[]) => {
  const find = (id: string): PriceSource => {
    const source = sources.find((one) => one.id === id);
    if (!source) throw marketdataErrors.unknown_source({ sourceId: id });
    return source;
  };
  const job = defineJob({
    name: 'marketdata.read-source',
    input: z.strictObject({ sourceId: z.string() }),
    runsAs: 'plugin',
    retries: 0,
    waitsOutside: true,
    steps: [
      {
        name: 'read',
        async prepare(tools: Tools, { sourceId }): Promise<Asked | undefined> {
          const source = find(sourceId);
          return 'readOutside' in source ? askSource(source, tools) : undefined;
        },
        async handler(ctx: Context, { sourceId }, asked: Asked | undefined) {
          const { hasMore } = await keepSource(ctx, find(sourceId), asked);
          if (hasMore) await ctx.enqueue(job, { sourceId });
        },
      },
    ],
    async onDead(ctx, { sourceId }, { code, message }) {
      if (sources.some(({ id }) => id === sourceId)) await keepFailure(ctx, sourceId, { failure: { code, message } });
    },
  });
  return job;
};

export type ReadSourceJob = ReturnType<typeof readSourceJob>;

/** Every quarter of an hour each source is read by a job of its own: one that fails or is slow holds up none of the others. */
export const readSourcesJob = (sources: readonly PriceSource[], readSource: ReadSourceJob) =>
  defineJob({
    name: 'marketdata.read-sources',
    input: z.strictObject({}),
    schedule: '*/15 * * * *',
    runsAs: 'plugin',
    isDue: async () => sources.length > 0,
    steps: [
      {
        name: 'enqueue',
        async handler(ctx: Context) {
          for (const { id } of sources) await ctx.enqueue(readSource, { sourceId: id });
        },
      },
    ],
  });
