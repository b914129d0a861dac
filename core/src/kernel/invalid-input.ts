import type { z } from 'zod';
import { coreErrors, type TroupeError } from '../errors.ts';

/** core.invalid_input, with what a schema has found wrong. */
export const invalidInput = ({ issues }: Pick<z.ZodError, 'issues'>): TroupeError =>
  coreErrors.invalid_input({ issues: issues.map(({ path, message, code }) => ({ path: path.join('.'), message, code })) });
