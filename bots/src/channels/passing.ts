import { TroupeError } from '@troupe-os/core';

/** What is away now, like a database, and will be there again: whoever was heard meanwhile is not given up. */
export const isPassing = (error: unknown): boolean => error instanceof TroupeError && error.kind === 'unavailable';
