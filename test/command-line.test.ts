// The command line with and without a running server, as somebody at a terminal sees it.
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { callRest, newPlace, startServer, troupe } from './servers.ts';

const SLOW = { timeout: 300_000 };

describe('the command line', SLOW, () => {
  test('gives the same answers and exit codes with and without a running server', async () => {
    const place = await newPlace();
    const lines = [
      ['run', 'ledger.list-units', '--json'],
      ['run', 'ledger.get-entry', `entryId=${crypto.randomUUID()}`, '--json'],
      ['run', 'ledger.create-unit', 'code=PTS', 'title=Points', 'scale=0', '--dry-run', '--json'],
      ['run', 'ledger.create-unit', 'code=PTS', 'title=Points', 'scale=2.5', '--json'],
      ['run', 'nobody.knows', '--json'],
    ];
    const alone = [];
    for (const line of lines) alone.push(await troupe(line, place));
    const server = await startServer(place);
    const joined = [];
    for (const line of lines) joined.push(await troupe(line, place));

    expect(joined.map(comparable)).toEqual(alone.map(comparable));
    expect(alone.map(({ code }) => code)).toEqual([0, 1, 0, 2, 1]);
    expect(await unitsOf(server)).not.toContain('PTS');
  });

  test('writes without a server, and a server that starts later has it', async () => {
    const place = await newPlace();
    const made = await troupe(['run', 'ledger.create-unit', 'code=PTS', 'title=Points', 'scale=0', '--json'], place);
    expect(made).toMatchObject({ code: 0, stdout: '{"code":"PTS"}\n', stderr: '' });
    expect(await unitsOf(await startServer(place))).toContain('PTS');
  });

  test('ends with 2 for words that it does not know, and then opens nothing', async () => {
    const place = await newPlace({}, 'pglite');
    for (const line of [['start', '--loud'], ['doctor', '--loud'], ['migrate', 'more'], ['dance'], ['start', 'now']]) {
      expect({ line, ...(await troupe(line, place)) }).toMatchObject({ code: 2, stdout: '' });
    }
    expect(existsSync(place.home)).toBe(false);
    await startServer(place); // what needs the actions' schemas is asked of it
    const run = ['run', 'ledger.create-unit'];
    for (const line of [
      ['run', '--loud'],
      [...run, '--input', '{'],
      [...run, 'code'],
      [...run, 'colour=red'],
      ['token', 'create'],
    ]) {
      expect({ line, ...(await troupe(line, place)) }).toMatchObject({ code: 2, stdout: '' });
    }
  });

  test('prints a token and nothing else, and the token works', async () => {
    const place = await newPlace();
    const server = await startServer(place);
    const { code, stdout, stderr } = await troupe(['token', 'create', '--name', 'script', '--role', 'viewer'], place);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^trp_[\w-]{43}\n$/);

    const me = await callRest(server, stdout.trim(), 'identity.get-me');
    expect(me).toMatchObject({ status: 200, body: { name: 'script', roles: [{ role: 'viewer' }] } });
    expect((await callRest(server, `${stdout.trim()}x`, 'identity.get-me')).status).toBe(401);
    expect((await troupe(['token', 'create', '--name', 'x', '--role', 'emperor'], place)).code).toBe(2);
  });

  test('says what is there, what is missing and what to type, and changes nothing', async () => {
    const place = await newPlace();
    const cold = await troupe(['doctor', '--json'], place);
    expect(cold.code).toBe(0);
    expect(existsSync(place.home)).toBe(false);
    expect(finding(cold.stdout, 'server')).toMatchObject({ state: 'note', todo: 'npm start' });

    const server = await startServer(place);
    const warm = await troupe(['doctor', '--json'], place);
    expect(finding(warm.stdout, 'server')).toMatchObject({ state: 'ok', says: expect.stringContaining(server.url) });
    expect(finding(warm.stdout, 'plugins')?.says).toMatch(/identity, ledger, .*\(\d+ actions\)/);
    expect((await troupe(['doctor'], place)).stdout).toMatch(/^ok +node/m);

    const bad = await troupe(['doctor', '--json'], { ...place, env: { DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c' } });
    expect(bad.code).toBe(1);
    expect(finding(bad.stdout, 'database')).toMatchObject({ state: 'bad', todo: 'check DATABASE_URL' });
  });

  test('migrates by itself, and has nothing to do the second time', async () => {
    const place = await newPlace();
    expect((await troupe(['migrate'], place)).stdout).toContain('core/0001_kernel.sql\n');
    expect(await troupe(['migrate'], place)).toMatchObject({ code: 0, stdout: 'nothing to do\n' });
  });
});

type Server = Awaited<ReturnType<typeof startServer>>;

async function unitsOf(server: Server): Promise<string[]> {
  const { body } = await callRest(server, server.token, 'ledger.list-units', { limit: 100 });
  return (body.items as { code: string }[]).map(({ code }) => code);
}

/** What differs between two runs on purpose: ids and moments. */
function comparable({ code, stdout, stderr }: { code: number | string; stdout: string; stderr: string }) {
  return { code, stderr, stdout: stdout.replaceAll(/"(callId|requestId|created_at)":"[^"]*"/g, '"$1":"…"') };
}

function finding(stdout: string, what: string) {
  const all = JSON.parse(stdout) as { state: string; what: string; says: string; todo?: string }[];
  return all.find((one) => one.what === what);
}
