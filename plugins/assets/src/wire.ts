// Shapes that several inputs share.
import { z } from 'zod';

export const assetId = z.string().min(1).max(64).describe('The id of a work.');

export const brandId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'A brand is named by lower-case letters, digits and dashes.')
  .describe('The brand, e.g. "gallery".');

export const title = z.string().regex(/\S/, 'A title is not blank.').max(200);

export const description = z.string().max(5_000).describe('What it is about, in plain words: it is found by them.');

const tag = z
  .string()
  .regex(/^[^\s,](?:[^,]*[^\s,])?$/, 'A tag is a few words without a comma.')
  .max(50);
export const tags = z.array(tag).max(50);
