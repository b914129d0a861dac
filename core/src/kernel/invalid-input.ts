import type { z } from 'zod';
import { coreErrors, type TroupeError } from '../errors.ts';

/** core.invalid_input, with what a schema has found wrong. */
export const invalidInput = ({ issues }: Pick<z.ZodError, 'issues'>): TroupeError =>
  coreErrors.invalid_input({
    issues: issues.map((issue) => ({ path: issue.path.join('.'), message: said(issue), code: issue.code })),
  });

/** What the library says in its own words is said in ours where people meet it often. */
function said({ code, message }: z.ZodError['issues'][number]): string {
  if (code === 'invalid_type' && message.endsWith('received undefined')) return 'It is needed.';
  if (code === 'invalid_format' && message === 'Invalid ISO datetime') return 'A moment is written like 2026-11-22T18:00:00Z.';
  return message;
}
