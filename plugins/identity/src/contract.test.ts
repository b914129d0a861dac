import { defineAction, definePlugin, defineSeed } from '@troupe-os/core';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startHouse } from '../testing/house.ts';
import { identityPort } from './contract.ts';

const roles = z.array(z.strictObject({ role: z.enum(['owner', 'editor']), brandId: z.string().optional() }));

/** Another plugin that hires agents. */
const hire = defineAction({
  name: 'studio.hire',
  title: 'Hire',
  description: 'Hires an agent.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'studio.agent.hire',
  input: z.strictObject({ roles }),
  output: z.strictObject({ actorId: z.string(), known: z.boolean() }),
  async handler(ctx, { roles }) {
    const identity = ctx.use(identityPort);
    const held = roles.map(({ role, brandId }) => ({ role, ...(brandId !== undefined && { brandId }) }));
    const { actorId } = await identity.createActor({ kind: 'agent', name: 'Ada', roles: held });
    return { actorId, known: await identity.brandExists('vault') };
  },
});

const keep = defineAction({
  name: 'studio.keep',
  title: 'Keep to',
  description: 'Keeps an agent to actions.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'studio.agent.hire',
  input: z.strictObject({ actorId: z.string(), actions: z.array(z.string()).nullable() }),
  output: z.strictObject({ actions: z.array(z.string()).optional(), roles: z.array(z.string()).optional() }),
  async handler(ctx, { actorId, actions }) {
    const identity = ctx.use(identityPort);
    await identity.keepAgentTo(actorId, actions);
    const rights = await identity.agent(actorId);
    return { actions: rights?.actions && [...rights.actions], roles: rights?.roles.map(({ role }) => role) };
  },
});
const firstAgent = defineSeed({
  name: 'first-agent',
  when: 'base',
  async run(ctx) {
    await ctx.use(identityPort).createActor({ kind: 'agent', name: 'Seeded', roles: [{ role: 'editor' }] });
  },
});
const studio = definePlugin({
  id: 'studio',
  version: '1.0.0',
  from: import.meta.url,
  permissions: { 'studio.agent.hire': { title: 'Hire agents', roles: ['admin'] } },
  tables: {},
  actions: [hire, keep],
  requires: { identity: ['createActor', 'brandExists', 'agent', 'keepAgentTo'] },
  seeds: [firstAgent],
});
const house = await startHouse([studio]);

test('another plugin makes agents through the port, with roles that its caller could give and never as Owners', async () => {
  const owner = await house.owner();
  const admin = await house.person([{ role: 'admin', brandId: 'gallery' }]);

  expect(await house.run(admin.caller, hire, { roles: [{ role: 'editor', brandId: 'gallery' }] })).toMatchObject({ known: true });
  await expect(house.run(admin.caller, hire, { roles: [{ role: 'editor' }] })).rejects.toMatchObject({
    code: 'identity.beyond_own_rights',
  });
  await expect(house.run(owner, hire, { roles: [{ role: 'owner' }] })).rejects.toMatchObject({ code: 'identity.agent_owner' });
  await expect(house.run(owner, hire, { roles: [{ role: 'editor', brandId: 'nowhere' }] })).rejects.toMatchObject({
    code: 'identity.unknown_brand',
  });
});

test('what a plugin does in its own name, such as a seed, is its own right', async () => {
  const found = await house.database.rows(sql`select g.role from identity.actors a join identity.grants g on g.actor_id = a.id
    where a.name = 'Seeded' and a.kind = 'agent'`);
  expect(found).toEqual([{ role: 'editor' }]);
});

test('an agent changes nothing about people and credentials, whatever role it holds and whoever it acts for', async () => {
  const { actorId } = await house.run(await house.owner(), hire, { roles: [{ role: 'editor' }] });
  const { personId, caller } = await house.person(['owner']);
  await house.database.owner(async (owner) => {
    // no way of ours makes an agent an Admin here: the worst case is made by hand
    await owner.script(`set session_replication_role = replica;
      insert into identity.grants values (gen_random_uuid(), '${actorId}', 'admin', null, 'test', now());
      update core.rights set version = version + 1;
      set session_replication_role = default`);
  });
  const agent = {
    principal: { id: actorId, kind: 'agent' as const, name: 'Ada', credential: 'none' },
    onBehalfOf: caller.principal,
    tainted: false,
  };

  for (const [action, input] of [
    ['grant-role', { personId, role: 'viewer' }],
    ['create-link', { personId }],
    ['create-token', { name: 'x' }],
    ['deactivate-person', { personId }],
    ['sign-in', { email: 'a@people.test', password: 'a guess or two' }],
    ['create-brand', { brandId: 'new-one', name: 'New' }],
  ] as const) {
    await expect(house.call(agent, `identity.${action}`, input), action).rejects.toMatchObject({ code: 'core.denied' });
  }
  await expect(house.run(agent, hire, { roles: [{ role: 'editor' }] })).rejects.toMatchObject({
    code: 'identity.beyond_own_rights',
  });
});

test('an agent is kept to actions by whoever could give it all that it holds, at once and until they say otherwise', async () => {
  const owner = await house.owner();
  const { caller: brandAdmin } = await house.person([{ role: 'admin', brandId: 'gallery' }]);
  const { actorId } = await house.run(owner, hire, { roles: [{ role: 'editor' }] });
  const agent = { principal: { id: actorId, kind: 'agent', name: 'Ada', credential: 'test' }, tainted: false } as const;
  const seen = async () => (await house.kernel.actionsFor(agent)).map(({ action }) => action.name);
  const all = await seen();

  const kept = { actorId, actions: ['identity.get-me', 'studio.hire'] };
  expect(await house.run(owner, keep, kept)).toEqual({ actions: kept.actions, roles: ['editor'] });
  expect(await seen()).toEqual(['identity.get-me']); // its role does not open the other one
  await expect(house.run(brandAdmin, keep, { actorId, actions: null })).rejects.toMatchObject({
    code: 'identity.beyond_own_rights',
  });
  await expect(house.run(owner, keep, { actorId: owner.principal.id, actions: [] })).rejects.toMatchObject({
    code: 'identity.unknown_person',
  });
  expect(await house.run(owner, keep, { actorId, actions: null })).toEqual({ roles: ['editor'] });
  expect(await seen()).toEqual(all);
});
