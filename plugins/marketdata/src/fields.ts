// Fields that several actions and drivers share.
import { amount, moment } from '@troupe-os/core';
import { z } from 'zod';
import { QUOTE_KINDS } from './contract.ts';
import type { QuoteRow } from './schema.ts';

const AMOUNT_LIMIT = 10n ** 30n; // the database checks the same

/** `work:ID`, `eip155:CHAIN/erc721:CONTRACT/TOKEN` (CAIP-19, in lower case), or what a file calls it. */
export const assetName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9:._/-]{0,199}$/, 'Lower-case letters, digits and : . _ / -, 200 at most.')
  .describe(
    'What is priced: "work:" and the id of a work, "eip155:CHAIN/erc721:CONTRACT/TOKEN" of a token on a chain, or the name that a file gives. Of a collection the part before the last slash means all of it.',
  );

export const unitCode = z
  .string()
  .regex(/^[A-Z][A-Z0-9-]{1,15}$/, 'A unit is a code of capital letters and digits, e.g. EUR.')
  .describe('Code of the unit, e.g. "EUR".');

export const price = amount
  .refine((value) => value > 0n && value < AMOUNT_LIMIT, 'A price is above zero.')
  .describe('Price of one, in minor units as a string, e.g. "1250" for 12.50.');

export const kind = z
  .enum(QUOTE_KINDS)
  .describe('sale: it was sold for it; listing: it is asked for one; floor: the lowest that is asked.');

export const sourceId = z.string().min(1).max(40).describe('The source, as marketdata.list-sources names it.');

export const quoteShape = z.strictObject({
  quoteId: z.uuid(),
  sourceId: z.string(),
  reference: z.string().describe('What it was read from: a transaction, an order, a line.'),
  asset: z.string(),
  title: z.string().optional(),
  kind,
  amount: amount.optional().describe('Minor units of one; a floor without it: nothing is offered any more.'),
  unit: z.string(),
  at: moment.describe('When it was so.'),
  recordedAt: moment,
  isVoid: z.literal(true).optional().describe('The chain has forgotten what it was read from.'),
});

export function toQuote({ id, sourceId: source, voidedAt, ...row }: QuoteRow): z.output<typeof quoteShape> {
  const { reference, asset, title, kind: what, amount: sum, unit, at, recordedAt } = row;
  return {
    quoteId: id,
    sourceId: source,
    reference,
    asset,
    ...(title === null ? {} : { title }),
    kind: what,
    ...(sum === null ? {} : { amount: sum }),
    unit,
    at,
    recordedAt,
    ...(voidedAt === null ? {} : { isVoid: true as const }),
  };
}

export const faultShape = z.strictObject({
  line: z.int().describe('Of the file; of a JSON list the object, the first being 1.'),
  reason: z.string(),
});
