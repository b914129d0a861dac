// Runs before each file of tests. One process runs many of them, and what a file has started ends with the file.

import { afterAll } from 'vitest';
import { endAll } from './endings.ts';

afterAll(endAll, 60_000);
