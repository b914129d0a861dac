import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { holdsRole } from '../context.ts';
import type { Grant } from '../define/directory.ts';
import { definePolicy } from '../define/policy.ts';
import { asOwner, startTestKernel } from '../testing/index.ts';
import { addNote, getNote, notesPlugin, retitle } from '../testing/notes/plugin.ts';
import { createAuthorizer } from './authorize.ts';
import { delegatedTo, mandateOf } from './mandate.ts';
import { createRegistry } from './registry.ts';

test('rights that were read before a change are not taken for those after it', async () => {
  const { database, as } = await startTestKernel([notesPlugin]);
  const reading = Promise.withResolvers<readonly Grant[]>();
  const slow = Promise.withResolvers<void>();
  let grants: readonly Grant[] | undefined;
  const directory = {
    authenticate: async () => undefined,
    isRevoked: async () => false,
    hasBrand: async () => true,
    grantsOf: async () => {
      slow.resolve();
      return { name: 'ed', kind: 'user' as const, grants: grants ?? (await reading.promise) };
    },
  };
  const authorizer = createAuthorizer({ ...createRegistry([notesPlugin]), directory });
  const caller = as({ id: 'ed' });

  const early = authorizer.of(caller, database, { fresh: true });
  await slow.promise; // the old grants are being read
  grants = [];
  await asOwner(database, sql`update core.rights set version = version + 1`);
  await authorizer.of(as({ id: 'other' }), database, { fresh: true }); // the change is noticed
  reading.resolve([{ role: 'editor' }]);
  expect((await early).actor.rights.has('notes.note.write')).toBe(true);

  expect((await authorizer.of(caller, database)).actor.rights.has('notes.note.write')).toBe(false);
  expect((await authorizer.of(caller, database, { fresh: true })).actor.rights.has('notes.note.write')).toBe(false);
});

const pressAdmins = definePolicy({
  name: 'notes.press-admins',
  on: [addNote.name],
  decide: ({ actor }) => (holdsRole(actor, 'admin', { departmentId: 'press' }) ? 'allow' : 'deny'),
});

test('a rule on roles is asked again when rights have changed since this process looked', async () => {
  const { database, as, run } = await startTestKernel([{ ...notesPlugin, policies: [pressAdmins] }], { workers: false });
  const editor = { role: 'editor' } as const;
  const ann = as({ id: 'ann', roles: [editor, { role: 'admin', departmentId: 'press' }] });
  await run(ann, addNote, { title: 'One' });

  as({ id: 'ann', roles: [editor] });
  await asOwner(database, sql`update core.rights set version = version + 1`);
  await expect(run(ann, addNote, { title: 'Two' })).rejects.toMatchObject({ code: 'core.denied' });
});

test('an agent that is kept to actions sees and does no other, though its role and its person hold the permission', async () => {
  const { as, run, kernel, database } = await startTestKernel([notesPlugin], { workers: false });
  const ann = { id: 'ann', roles: ['editor'] } as const;
  const clerk = { id: 'clerk', kind: 'agent', roles: ['editor'], actions: [addNote.name], onBehalfOf: ann } as const;
  const agent = as(clerk);
  const { noteId } = await run(agent, addNote, { title: 'One' });

  await expect(run(agent, retitle, { noteId, title: 'Two' })).rejects.toMatchObject({ code: 'core.unknown_action' });
  await expect(run(agent, getNote, { noteId })).rejects.toMatchObject({ code: 'core.unknown_action' });
  const seen = async () => (await kernel.actionsFor(agent)).map(({ action }) => action.name);
  expect(await seen()).toEqual([addNote.name]);
  expect((await createAuthorizer(createRegistry([notesPlugin])).of(as(ann), database)).only).toBeUndefined();

  as({ ...clerk, actions: [retitle.name] });
  await asOwner(database, sql`update core.rights set version = version + 1`);
  expect(await run(agent, retitle, { noteId, title: 'Two' })).toEqual({ title: 'Two' });
  await expect(run(agent, addNote, { title: 'Three' })).rejects.toMatchObject({ code: 'core.unknown_action' });
});

test('an agent that is kept to actions holds no role in full, and none of two that are kept apart holds anything', async () => {
  const { as, run } = await startTestKernel([{ ...notesPlugin, policies: [pressAdmins] }], { workers: false });
  const roles = [{ role: 'editor' }, { role: 'admin', departmentId: 'press' }] as const;
  const whole = as({ id: 'whole', kind: 'agent', roles });
  const kept = as({ id: 'kept', kind: 'agent', roles, actions: [addNote.name] });
  await run(whole, addNote, { title: 'One' });
  await expect(run(kept, addNote, { title: 'Two' })).rejects.toMatchObject({ code: 'core.denied' });

  const other = { id: 'other', kind: 'agent', roles, actions: [getNote.name] } as const;
  const both = as({ id: 'kept', kind: 'agent', roles, actions: [addNote.name], onBehalfOf: other });
  await expect(run(both, addNote, { title: 'Three' })).rejects.toMatchObject({ code: 'core.unknown_action' });
});

test('a role counts where it is held and below, and the company holds brands and departments', () => {
  const roles: Grant[] = [{ role: 'editor' }, { role: 'admin', brandId: 'vault' }, { role: 'admin', departmentId: 'press' }];
  const holds = (role: Grant['role'], place = {}) => holdsRole({ roles }, role, place);

  expect([holds('editor'), holds('viewer'), holds('editor', { brandId: 'gallery' })]).toEqual([true, true, true]);
  expect([holds('admin', { brandId: 'vault' }), holds('admin', { departmentId: 'press' })]).toEqual([true, true]);
  expect([holds('admin'), holds('admin', { brandId: 'press' }), holds('owner', { departmentId: 'press' })]).toEqual([
    false,
    false,
    false,
  ]);
});

test('an agent to which others have handed its work has no right that one of them lacks, and none where one of them is gone', async () => {
  const { as, call } = await startTestKernel([notesPlugin]);
  const ed = { id: 'ed', roles: ['editor'] } as const;
  const high = as({ id: 'high', kind: 'agent', roles: ['editor'], onBehalfOf: ed });
  const low = as({ id: 'low', kind: 'agent', roles: ['viewer'] });
  const note = { title: 'Handed over' };
  const refused = { code: 'core.unknown_action' };

  await call(high, addNote.name, note);
  await expect(call({ ...high, through: [low.principal] }, addNote.name, note)).rejects.toMatchObject(refused);
  await expect(call({ ...high, principal: low.principal, through: [high.principal] }, addNote.name, note)).rejects.toMatchObject(
    refused,
  );
  const gone = { id: 'gone', kind: 'agent', name: '', credential: 'task:1' } as const;
  await expect(call({ ...high, through: [gone] }, addNote.name, note)).rejects.toMatchObject({ code: 'core.bad_credentials' });
});

test('a mandate keeps what a call could do, and no names; an agent that works under it does so for its person', () => {
  const ann = { id: 'ann', kind: 'user', name: 'Ann', credential: 'token:1', scopes: ['notes.*'] } as const;
  const first = { id: 'first', kind: 'agent', name: 'First', credential: 'task:1' } as const;
  const second = { id: 'second', kind: 'agent', name: 'Second', credential: 'task:2' } as const;

  const given = mandateOf({ principal: ann, tainted: false, address: '192.0.2.1' });
  const handed = mandateOf({ principal: first, onBehalfOf: ann, tainted: true });

  expect(given).not.toMatch(/Ann|192/);
  expect(delegatedTo(first, given)).toEqual({ principal: first, onBehalfOf: { ...ann, name: '' }, tainted: false });
  expect(delegatedTo(second, handed)).toMatchObject({
    principal: second,
    through: [{ id: 'first' }],
    onBehalfOf: { scopes: ['notes.*'] },
    tainted: true,
  });
  expect(delegatedTo(first, handed)).not.toHaveProperty('through');
  expect(delegatedTo(second, mandateOf({ principal: first, tainted: false }))).toBeUndefined();
});
