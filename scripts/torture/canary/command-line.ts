// What the command line says, while the house is well and where it cannot start.
import { type Place, troupe } from '../../../test/servers.ts';
import type { World } from './house.ts';

/** Runs commands one after another and keeps what they print. Answers the last one's standard output. */
export async function command(
  { place, outputs }: Pick<World, 'place' | 'outputs'>,
  words: readonly string[],
  kind = 'command line',
): Promise<string> {
  const { stdout, stderr } = await troupe(words, place);
  outputs.add(kind, words.slice(0, 2).join(' '), `${stdout}\n${stderr}`);
  return stdout.trim();
}

/** What is asked while a server runs. */
export async function askByCommand(world: World, callIds: readonly string[], isShort: boolean): Promise<void> {
  const { plant } = world.secrets;
  await command(world, ['doctor']);
  await command(world, ['run', 'identity.list-people', '--json']);
  const { link } = JSON.parse(await command(world, ['run', 'identity.create-link', '--json'])) as { link: string };
  plant('one-time link', link);
  if (isShort) return;
  await command(world, ['run', 'governance.get-call', `callId=${callIds[0]}`, '--json']);
  plant('token of a service', await command(world, ['token', 'create', '--name', 'typed', '--role', 'viewer']));
  await command(world, ['run', 'identity.set-password', `password=${plant('password in the words of a command')}`, '--json']);
  await command(world, ['run', 'identity.set-pasword', `password=${plant('password in the words of a command')}`]);
  await command(world, ['run', 'identity.set-password', plant('password in the words of a command')]);
  await command(world, ['run', 'identity.list-tokens', '--json']);
  await command(world, ['run', 'governance.search-audit', 'limit=100', '--json']);
  await command(world, ['doctor', '--json']);
}

/** What reads the database itself, when no server runs. */
export async function readRecord(world: World, callIds: readonly string[], isShort: boolean): Promise<void> {
  for (const callId of isShort ? callIds.slice(0, 1) : callIds) await command(world, ['audit', 'show', callId]);
  if (isShort) return;
  const [shown = ''] = callIds;
  await command(world, ['audit', 'verify']);
  await command(world, ['audit', 'prove', shown]);
  await command(world, ['audit', 'key']);
  await command(world, ['doctor']);
}

/** Settings that cannot be: what names the fault must not say the value. */
export async function startWrongly(world: World, isShort: boolean): Promise<number> {
  const { place, outputs, secrets } = world;
  const { plant } = secrets;
  const wrong = plant('secret in a wrong setting');
  const faults: Record<string, string>[] = [
    { DATABASE_URL: `postgres://troupe:${wrong}@127.0.0.1:1/house` },
    { DATABASE_URL: `postgres:/troupe:${wrong}@@127.0.0.1:x/house` },
    { SMTP_URL: `smtp//post:${wrong}@host` },
    { TROUPE_SEAL_KEY: wrong },
    { TROUPE_SECRET: wrong },
    { OTEL_EXPORTER_OTLP_ENDPOINT: `troupe:${wrong}@host` },
    { TROUPE_EMBEDDINGS_URL: `http://embed:${wrong}@127.0.0.1:1` },
    { TROUPE_EMBEDDINGS_KEY: `${wrong} ü` },
    { PUBLIC_URL: `troupe:${wrong}@` },
    { S3_ACCESS_KEY_ID: '' },
    { S3_ENDPOINT: `http://works:${wrong}@` },
    { MAIL_FROM: `Troupe <${wrong}>` },
    { TROUPE_CALL_LIMITS: wrong },
    { LOG_LEVEL: wrong },
    { TROUPE_TRUSTED_PROXIES: wrong },
  ];
  const tried = isShort ? faults.slice(0, 2) : faults;
  for (const fault of tried) {
    const broken: Place = { ...place, env: { ...place.env, ...fault } };
    const commands = isShort ? [['doctor']] : [['doctor'], ['migrate']];
    await Promise.all(commands.map((words) => command({ place: broken, outputs }, words, 'refused start')));
  }
  return tried.length;
}
