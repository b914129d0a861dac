import { coreErrors, definePlugin } from '@troupe-os/core';
import type { SurfaceHost } from '@troupe-os/core/surface';
import { startTestKernel } from '@troupe-os/core/testing';
import { DrizzleQueryError } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { callTool } from './tools.ts';

test('while nobody can be looked up, as the database is away, a client is told to try again', async () => {
  const away = () => Promise.reject(new DrizzleQueryError('select 1', [], coreErrors.unavailable()));
  const directory = { authenticate: away, grantsOf: away, isRevoked: away, hasBrand: away };
  const about = { id: 'people', version: '0.0.0', from: import.meta.url, permissions: {}, tables: {}, actions: [] };
  const { kernel } = await startTestKernel([definePlugin({ ...about, directory })], { directory: 'plugins', workers: false });
  const host = { kernel, publicUrl: 'http://house.test' } as SurfaceHost; // all that a call asks of it
  const caller = { principal: { id: 'ann', kind: 'user', name: 'Ann', credential: 'token:1' }, tainted: false } as const;
  const asking = { host, caller, requestId: 'r1', trace: undefined, plugin: undefined };
  const patience = { era: 'legacy', client: { opensLinks: false }, answers: {}, signal: new AbortController().signal } as const;

  expect(await callTool(asking, { name: 'people_list', args: {}, ...patience })).toMatchObject({
    isError: true,
    _meta: { error: { code: 'core.unavailable' } },
  });
});
