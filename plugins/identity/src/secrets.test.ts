import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startHouse } from '../testing/house.ts';

const house = await startHouse();
const planted = {
  password: `planted-password-${crypto.randomUUID()}`,
  guess: `planted-guess-${crypto.randomUUID()}`,
  email: `planted-${crypto.randomUUID()}@people.test`,
  stranger: `stranger-${crypto.randomUUID()}@people.test`,
};

/** All that core keeps of calls, as text. */
async function record(): Promise<string> {
  const tables = ['audit_entries', 'audit_bodies', 'changes', 'idempotency', 'outbox', 'denials'];
  const texts = await Promise.all(
    tables.map((table) =>
      house.database.rows<{ text: string }>(sql`select t::text as text from core.${sql.identifier(table)} t`),
    ),
  );
  return texts
    .flat()
    .map(({ text }) => text)
    .join('\n');
}

test('no password, session, link, token or e-mail address stands in the record, whatever was done with it', async () => {
  const done = async (caller: typeof house.guest, action: string, input: unknown, options = {}) =>
    (await house.call(caller, `identity.${action}`, input, { idempotencyKey: crypto.randomUUID(), ...options })).output as Record<
      string,
      string
    >;
  const refused = (...call: Parameters<typeof done>) => expect(done(...call)).rejects.toThrow();
  const { email, password, guess, stranger } = planted;

  const { personId } = await done(house.operator, 'create-person', { name: 'Ann', email });
  await refused(house.operator, 'create-person', { name: 'Ann', email });
  await done(house.operator, 'update-person', { personId, email: `${email}.example` });
  const { link } = await done(house.operator, 'create-link', { personId });
  const byLink = await done(house.guest, 'redeem-link', { link });
  await refused(house.guest, 'redeem-link', { link });
  const caller = await house.bearer('session', byLink.session ?? '');
  await done(caller, 'set-password', { password }, { dryRun: true });
  await done(caller, 'set-password', { password });
  const signedIn = await done(house.guest, 'sign-in', { email: `${email}.example`, password });
  await refused(house.guest, 'sign-in', { email: `${email}.example`, password: guess });
  await refused(house.guest, 'sign-in', { email: stranger, password: guess });
  const { token } = await done(caller, 'create-token', { name: 'script' });
  await refused(house.guest, 'sign-in', { email, password, token: token ?? '' });

  const text = await record();
  expect(text).toContain('identity.sign-in');
  const secrets = { ...planted, link, token, byLink: byLink.session, signedIn: signedIn.session };
  const [row] = await house.database.rows<{ hash: string }>(
    sql`select password_hash as hash from identity.people where actor_id = ${personId}`,
  );
  for (const [what, secret] of Object.entries({ ...secrets, hash: row?.hash })) {
    expect(secret, what).toBeTruthy();
    expect(text.includes(secret ?? ''), what).toBe(false);
  }
});

test('what the database keeps of a credential is of no use as one', async () => {
  const { session } = await house.link();
  const stored = await house.database.rows<{ token_hash: string }>(sql`select token_hash from identity.sessions`);
  expect(stored.some(({ token_hash }) => token_hash === session)).toBe(false);
  for (const { token_hash } of stored) {
    await expect(house.bearer('session', token_hash)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  }
});

test('a dry run shows no hash, and to a guest nothing at all', async () => {
  const { caller, personId } = await house.person(['admin']);
  const token = await house.call(caller, 'identity.create-token', { name: 'script' }, { dryRun: true });
  expect(token.changes?.[0]?.after).toMatchObject({ actor_id: personId, name: 'script' });
  expect(JSON.stringify(token)).not.toContain('token_hash');

  const { link } = (await house.call(house.operator, 'identity.create-link', { personId })).output as { link: string };
  expect((await house.call(house.guest, 'identity.redeem-link', { link }, { dryRun: true })).changes).toEqual([]);
});
