import { defineAction, moment } from '@troupe-os/core';
import { z } from 'zod';
import { faultShape } from '../fields.ts';
import { type SourceRow, sources as table } from '../schema.ts';
import type { Fault, PriceSource } from '../source.ts';
import { UPLOADS } from '../uploads.ts';

const NEVER = { readAt: null, succeededAt: null, errorCode: null, errorMessage: null, faultCount: 0, faults: '[]' };

export const listSources = (sources: readonly PriceSource[]) =>
  defineAction({
    name: 'marketdata.list-sources',
    title: 'Price sources',
    description:
      'Lists where prices come from: our own shop, chains, files. Says of each when it was last read, whether that failed, and which lines of a file were not taken.',
    effect: 'read',
    risk: 'low',
    permission: 'marketdata.quote.read',
    input: z.strictObject({}),
    output: z.strictObject({
      items: z.array(
        z.strictObject({
          sourceId: z.string(),
          title: z.string(),
          kind: z.enum(['shop', 'chain', 'file']),
          readAt: moment.optional().describe('When it was last read; none: never yet.'),
          succeededAt: moment.optional(),
          error: z
            .strictObject({ code: z.string(), message: z.string() })
            .optional()
            .describe('Why it could not be read the last time.'),
          faultCount: z.int().describe('Lines that were not taken.'),
          faults: z.array(faultShape).describe('The first of them.'),
        }),
      ),
    }),
    async handler(ctx) {
      const rows = await ctx.db.select().from(table);
      const items = [...sources, UPLOADS].map(({ id, title, kind }) => ({
        sourceId: id,
        title,
        kind,
        ...stateOf(rows.find((row) => row.id === id) ?? NEVER),
      }));
      return { items };
    },
  });

function stateOf({
  readAt,
  succeededAt,
  errorCode,
  errorMessage,
  faultCount,
  faults,
}: Omit<SourceRow, 'id' | 'cursor' | 'readings'>) {
  return {
    ...(readAt === null ? {} : { readAt }),
    ...(succeededAt === null ? {} : { succeededAt }),
    ...(errorCode === null ? {} : { error: { code: errorCode, message: errorMessage ?? '' } }),
    faultCount,
    faults: JSON.parse(faults) as Fault[],
  };
}
