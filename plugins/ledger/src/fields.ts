// Fields that several actions share.
import { moment } from '@troupe-os/core';
import { z } from 'zod';
import { ledgerErrors } from './errors.ts';

const EARLIEST = new Date('1900-01-01T00:00:00Z');
const LATEST = new Date('2200-01-01T00:00:00Z');

/** One line of text, as a person writes it: no control characters, which a database cannot store. */
export function oneLine(max: number) {
  return z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'One line of text without control characters.');
}

export const brandSlug = z
  .string()
  .max(100)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'A brand is named by its slug, e.g. gallery.')
  .describe('Slug of the brand, e.g. "gallery".');

/** A moment that books can hold. */
export const bookMoment = moment.refine((at) => at >= EARLIEST && at < LATEST, 'A moment from 1900 to 2199.');

/** A half-open period of effective moments. */
export const periodInput = {
  from: bookMoment.optional().describe('Only what is effective at this moment or later.'),
  to: bookMoment.optional().describe('Only what is effective before this moment.'),
};

/** Errors: ledger.bad_period. */
export function assertPeriod({ from, to }: { from?: Date | undefined; to?: Date | undefined }): void {
  if (from && to && from >= to) throw ledgerErrors.bad_period();
}
