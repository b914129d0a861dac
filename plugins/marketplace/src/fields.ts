// Fields that several actions share.
import { amount, moment } from '@troupe-os/core';
import { z } from 'zod';
import { EDITIONS, KINDS, LISTING_STATES } from './schema.ts';

const PRICE_LIMIT = 10n ** 30n; // the database checks the same

/** One line of text, as a person writes it: no control characters, which a database cannot store. */
export function oneLine(max: number) {
  return z
    .string()
    .min(1)
    .max(max)
    .regex(/^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u, 'One line of text that is not blank.');
}

export const brandSlug = z
  .string()
  .max(100)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'A brand is named by its slug, e.g. gallery.')
  .describe('Slug of the brand, e.g. "gallery".');

export const assetId = z.string().min(1).max(64).describe('The id of a work.');

export const unitCode = z
  .string()
  .regex(/^[A-Z][A-Z0-9-]{1,15}$/, 'A unit is a code of capital letters and digits, e.g. EUR.')
  .describe('Code of the unit, e.g. "EUR".');

export const price = amount
  .refine((value) => value > 0n && value < PRICE_LIMIT, 'A price is above zero.')
  .describe('Price of one, in minor units as a string, e.g. "1250" for 12.50.');

/** What a buyer makes up to come back to an order without signing in; at least 128 bits if its characters are random. */
export const accessKeyRule = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22,128}$/, 'An access key is 22 to 128 random letters, digits, dashes or underscores.')
  .describe('A random text of 22 characters or more that you make up and keep: with it the order can be opened again.');

export const productShape = {
  productId: z.uuid(),
  brandId: z.string(),
  title: z.string(),
  kind: z.enum(KINDS),
  edition: z.enum(EDITIONS).describe('One of one, a limited number, or as many as are wanted.'),
  assetIds: z.array(z.string()),
  stock: z
    .strictObject({ left: z.int().nonnegative(), of: z.int().nonnegative() })
    .optional()
    .describe('How many can still be had, of how many; none for an open edition.'),
};

export const listingShape = {
  listingId: z.uuid(),
  ...productShape,
  unit: z.string(),
  price: amount,
  state: z.enum(LISTING_STATES),
  startsAt: moment.optional(),
  endsAt: moment.optional(),
};
