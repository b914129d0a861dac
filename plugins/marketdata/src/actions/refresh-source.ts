import { defineAction, type Tools } from '@troupe-os/core';
import { z } from 'zod';
import { marketdataErrors } from '../errors.ts';
import { sourceId } from '../fields.ts';
import type { ReadSourceJob } from '../jobs.ts';
import { keptShape } from '../kept.ts';
import { type Asked, askSource, keepSource } from '../readings.ts';
import type { PriceSource } from '../source.ts';
import { UPLOADS } from '../uploads.ts';

export const refreshSource = (sources: readonly PriceSource[], readSource: ReadSourceJob) => {
  const find = (id: string): PriceSource => {
    const source = sources.find((one) => one.id === id);
    if (source) return source;
    throw id === UPLOADS.id ? marketdataErrors.not_read_by_itself() : marketdataErrors.unknown_source({ sourceId: id });
  };
  return defineAction({
    name: 'marketdata.refresh-source',
    title: 'Read a price source now',
    description:
      'Reads a price source on from where it was read last, and says what was new. Sources are read by themselves every quarter of an hour.',
    effect: 'write',
    consequential: false,
    risk: 'low',
    permission: 'marketdata.source.refresh',
    input: z.strictObject({ sourceId }),
    output: z.strictObject({
      ...keptShape,
      error: z.strictObject({ code: z.string(), message: z.string() }).optional().describe('Why it could not be read.'),
      hasMore: z.boolean().describe('There is more to read: it goes on by itself.'),
    }),
    timeoutMs: 120_000,
    async prepare(tools: Tools, { sourceId }): Promise<Asked | undefined> {
      const source = find(sourceId);
      return 'readOutside' in source ? askSource(source, tools) : undefined;
    },
    async handler(ctx, { sourceId }, asked) {
      const kept = await keepSource(ctx, find(sourceId), asked);
      if (kept.hasMore) await ctx.enqueue(readSource, { sourceId });
      return { ...kept, faults: [...kept.faults] };
    },
  });
};
