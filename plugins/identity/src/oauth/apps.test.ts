import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startHouse } from '../../testing/house.ts';
import { createToken } from '../actions/create-token.ts';
import { deactivatePerson } from '../actions/deactivate-person.ts';
import { allowApp } from './allow-app.ts';
import { listApps } from './list-apps.ts';
import { revokeApp } from './revoke-app.ts';

const house = await startHouse();
const { artefacts } = house.kernel;
type Caller = typeof house.guest;

const RESOURCE = 'https://house.example/mcp';
const app = {
  clientId: 'client-1',
  clientName: 'Assistant',
  clientHost: 'assistant.example',
  resource: RESOURCE,
  scopes: ['identity.me.read', 'identity.person.read'],
  days: 30,
};

/** A yes, and a token as the authorization server issues it. */
async function allowed(person: Caller, more: Record<string, unknown> = {}, payload: Record<string, unknown> = {}) {
  const { appId, personId } = await house.run(person, allowApp, { ...app, ...more });
  const token = crypto.randomUUID();
  const written = { accountId: personId, clientId: app.clientId, aud: RESOURCE, scope: app.scopes.join(' '), ...payload };
  await artefacts.beginFamily(appId, 86_400);
  await artefacts.put({ kind: 'AccessToken', id: token, payload: JSON.stringify(written), lastsSeconds: 600, family: appId });
  return { appId, token };
}
const refused = { code: 'core.bad_credentials' };

test("a token of an app is its person's, cut down to what both the yes and the token name, at one address", async () => {
  const { caller, personId } = await house.person(['admin']);
  const { appId, token } = await allowed(caller, {}, { scope: 'identity.person.read identity.role.grant ledger.entry.post' });
  expect((await house.bearer('token', token)).principal).toMatchObject({
    id: personId,
    scopes: ['identity.person.read'],
    credential: `app:${appId}`,
    audience: RESOURCE,
  });
});

test('a token for another person, client or address than the yes names is nobody', async () => {
  const { caller } = await house.person();
  const mine = { scopes: ['identity.me.read'] };
  for (const payload of [
    { accountId: crypto.randomUUID() },
    { clientId: 'client-2' },
    { aud: `${RESOURCE}/ledger` },
    { aud: [RESOURCE] },
  ]) {
    const { token } = await allowed(caller, mine, payload);
    await expect(house.bearer('token', token)).rejects.toMatchObject(refused);
  }
});

test('ended by its person, an app is out at once, with all that was issued to it', async () => {
  const { caller } = await house.person();
  const { appId, token } = await allowed(caller, { scopes: ['identity.me.read'] });
  expect((await house.run(caller, listApps, {})).items).toMatchObject([
    { appId, name: 'Assistant', scopes: ['identity.me.read'] },
  ]);
  await house.run(caller, revokeApp, { appId });
  await expect(house.bearer('token', token)).rejects.toMatchObject(refused);
  expect(await artefacts.find('AccessToken', token)).toBeUndefined();
  expect((await house.run(caller, listApps, {})).items).toEqual([]);
  const rows = await house.database.rows<{ action: string }>(
    sql`select action from core.audit_entries where actor = ${caller.principal.id} and outcome = 'succeeded' and action in ('identity.allow-app', 'identity.revoke-app') order by id`,
  );
  expect(rows.map(({ action }) => action)).toEqual(['identity.allow-app', 'identity.revoke-app']);
});

test('with the deactivation of a person, and at the end of its days, an app is out', async () => {
  const [gone, late] = [await house.person(), await house.person()];
  const mine = { scopes: ['identity.me.read'], days: 1 };
  const [one, other] = [await allowed(gone.caller, mine), await allowed(late.caller, mine)];
  await house.run(house.operator, deactivatePerson, { personId: gone.personId });
  await expect(house.bearer('token', one.token)).rejects.toMatchObject(refused);
  await expect(
    artefacts.put({ kind: 'AccessToken', id: 'x', payload: '{}', lastsSeconds: 9, family: one.appId }),
  ).rejects.toMatchObject({
    code: 'core.family_ended',
  });
  await house.database.rows(sql`update core.artefacts set expires_at = now() + interval '9 days' where family = ${other.appId}`);
  house.advance(25 * 3_600_000);
  await expect(house.bearer('token', other.token)).rejects.toMatchObject(refused);
  house.advance(-25 * 3_600_000);
});

test('nobody lets an app do what they may not, and no app is given a hold on who may act', async () => {
  const owner = await house.owner();
  const { caller } = await house.person();
  await expect(house.run(caller, allowApp, app)).rejects.toMatchObject({ code: 'core.unknown_action' });
  for (const scope of ['identity.role.grant', 'identity.token.manage', 'identity.app.manage', 'identity.credential.read'])
    await expect(house.run(owner, allowApp, { ...app, scopes: [scope] })).rejects.toMatchObject({
      code: 'identity.not_for_apps',
    });
});

test('only who is signed in says yes: no token, no operator, no stranger', async () => {
  const { caller } = await house.person();
  const { token } = await house.run(caller, createToken, { name: 'script' });
  const yes = { ...app, scopes: ['identity.me.read'] };
  for (const asker of [await house.bearer('token', token), house.operator])
    await expect(house.run(asker, allowApp, yes)).rejects.toMatchObject({ code: 'identity.sign_in_for_apps' });
  await expect(house.run(house.guest, allowApp, yes)).rejects.toMatchObject({ code: 'core.unauthenticated' });
});

test("an app's yes is seen and ended by its person and by who manages them, and by nobody else", async () => {
  const [one, other, admin] = [await house.person(), await house.person(), await house.person(['admin'])];
  const { appId } = await allowed(one.caller, { scopes: ['identity.me.read'] });
  await expect(house.run(other.caller, revokeApp, { appId })).rejects.toMatchObject({ code: 'identity.unknown_app' });
  await expect(house.run(other.caller, listApps, { personId: one.personId })).rejects.toMatchObject({
    code: 'core.unknown_action',
  });
  expect((await house.run(admin.caller, listApps, { personId: one.personId })).items).toHaveLength(1);
  await house.run(admin.caller, revokeApp, { appId });
  await expect(house.run(one.caller, revokeApp, { appId })).rejects.toMatchObject({ code: 'identity.unknown_app' });
});
