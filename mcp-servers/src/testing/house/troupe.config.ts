// A house of one plugin and this surface, for tests that start programs.
import { defineInstallation } from '@troupe-os/core/installation';
import { mcp } from '../../index.ts';
import { shelfPlugin } from '../shelf.ts';

export default defineInstallation({ plugins: [shelfPlugin], surfaces: [mcp()] });
