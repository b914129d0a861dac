// How it is told what came of a reading.
import { z } from 'zod';
import { faultShape } from './fields.ts';

export const keptShape = {
  added: z.int().describe('Quotes that are new.'),
  known: z.int().describe('Quotes that were known already.'),
  faultCount: z.int().describe('Lines that were not taken.'),
  faults: z.array(faultShape).describe('The first 50 of them.'),
};
