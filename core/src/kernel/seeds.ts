// Fills an empty house: each seed in a call of its own, as its plugin, once.
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import type { Plugin } from '../define/plugin.ts';
import type { Seed } from '../define/seed.ts';
import type { Authorizer } from './authorize.ts';
import { type Call, service } from './call.ts';
import type { Executor } from './execute.ts';
import type { Registry } from './registry.ts';
import { pluginWork, type Work } from './work.ts';

interface SeedParts {
  readonly database: Database;
  readonly authorizer: Authorizer;
}

/** Runs what has not run yet, plugin by plugin. Answers the names of what it ran. */
export async function runSeeds(
  registry: Registry,
  { database, authorizer }: SeedParts,
  runCall: Executor['runCall'],
  { rehearsal }: { rehearsal: boolean },
): Promise<string[]> {
  const done = await database.rows<{ plugin: string; name: string }>(sql`select plugin, name from core.seeds`);
  const ran: string[] = [];
  const all = [...registry.plugins.values()].flatMap((plugin) => (plugin.seeds ?? []).map((seed) => ({ plugin, seed })));
  const wanted = all
    .filter(({ seed }) => seed.when === 'base')
    .concat(rehearsal ? all.filter(({ seed }) => seed.when === 'rehearsal') : []);
  for (const { plugin, seed } of wanted) {
    if (done.some((row) => row.plugin === plugin.id && row.name === seed.name)) continue;
    const caller = { principal: service(plugin.id), tainted: false };
    const call: Call = {
      action: `${plugin.id}.${seed.name}`,
      input: {},
      caller,
      surface: 'seed',
      requestId: `seed:${plugin.id}.${seed.name}`,
    };
    const { replayed } = await runCall(seedWork(plugin, seed), call, await authorizer.of(caller, database));
    if (!replayed) ran.push(call.action);
  }
  return ran;
}

function seedWork(plugin: Plugin, seed: Seed): Work {
  const { prepare } = seed;
  return pluginWork({
    kind: 'seed',
    cause: 'seed',
    name: `${plugin.id}.${seed.name}`,
    plugin,
    input: z.strictObject({}),
    output: z.undefined(),
    timeoutMs: 120_000,
    async claim(tx) {
      const [fresh] = await tx.rows(
        sql`insert into core.seeds (plugin, name) values (${plugin.id}, ${seed.name}) on conflict do nothing returning 1`,
      );
      return fresh !== undefined;
    },
    ...(prepare ? { prepare: (tools) => prepare(tools) } : {}),
    handler: (ctx, _input, prepared) => seed.run(ctx, prepared),
  });
}
