// What other plugins may know of prices.
import { amount, defineEvent, moment } from '@troupe-os/core/contract';
import { z } from 'zod';

/** A sale was made, a listing asks for it, a floor is the lowest that is asked for it. */
export const QUOTE_KINDS = ['sale', 'listing', 'floor'] as const;
export type QuoteKind = (typeof QUOTE_KINDS)[number];

/** A quote has met a watch: of each reading of a source the last one for each watch. Its subject is the watch. */
export const watchMet = defineEvent({
  name: 'marketdata.watch-met',
  subject: ({ watchId }) => watchId,
  schema: z.strictObject({
    watchId: z.uuid(),
    opportunityId: z.uuid(),
    quoteId: z.uuid(),
    /** As the watch names it. */
    asset: z.string(),
    kind: z.enum(QUOTE_KINDS),
    amount,
    unit: z.string(),
    at: moment,
  }),
});
