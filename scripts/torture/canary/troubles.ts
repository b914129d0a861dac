// Everything goes wrong: whoever is asked refuses and quotes, the database does not answer as it should, the process reports on itself.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { openDatabase } from '../../../core/src/db/open.ts';
import { sayIn } from '../../../test/ask-agent.ts';
import { startChat } from '../../../test/ask-surfaces.ts';
import { makePdf } from '../../../test/made-pdf.ts';
import type { RunningServer } from '../../../test/servers.ts';
import type { Asking, Who } from './asking.ts';
import { filesFolder, type World } from './house.ts';
import type { Somebody } from './people.ts';

/** Takes away what some calls need, as no migration would: they end in an error of ours. */
export async function spoil({ place, adminUrl }: World): Promise<void> {
  const database = await openDatabase(
    adminUrl ? { kind: 'postgres', url: adminUrl, ownerUrl: adminUrl } : { kind: 'pglite', folder: join(place.home, 'database') },
  );
  try {
    await database.owner(({ rows }) => rows(sql`alter table identity.people rename column password_set_at to spoiled`));
  } finally {
    await database.close();
  }
}

export async function askInBadWeather(server: RunningServer, { tries, get }: Asking, world: World, ann: Somebody): Promise<void> {
  const { plant, mark } = world.secrets;
  const operator: Who = { token: server.token };
  await tries(ann, 'identity.set-password', { password: plant('password of a call that fails'), present: ann.password });
  await tries(undefined, 'identity.sign-in', { email: ann.email, password: ann.password });
  await tries(operator, 'assets.search', { q: mark });
  await tries(ann, 'identity.begin-provider-sign-in', { provider: 'oidc', link: true });
  await tries(undefined, 'identity.request-link', { email: ann.email });
  const file = join(filesFolder(), 'another.pdf');
  writeFileSync(file, makePdf({ title: mark, author: 'Somebody', pages: [[`another ${mark}`]] }));
  await tries(operator, 'assets.import', { file, brandId: 'gallery' });
  const asker = { url: server.url, token: server.token };
  const agents = (await tries(operator, 'workforce.list-agents', {})).body as unknown as { items: { agentId: string }[] };
  const conversation = await startChat(asker, agents.items[0]?.agentId);
  await sayIn(asker, conversation, `Tell me about ${mark}.`);
  await get(`/chat/conversations/${conversation}`, operator);
  await get('/readyz');
}

/** A provider that turns sour between the beginning and the end of a sign-in. Begun in fair weather. */
export async function failAtProvider(
  { does, tries }: Asking,
  { secrets: { plant }, provider, weather }: World,
  ann: Somebody,
): Promise<void> {
  const { url = '', binding } = await does(ann, 'identity.begin-provider-sign-in', { provider: 'oidc', link: true });
  provider.expect(ann.email, url);
  const state = plant('state of a provider', new URL(url).searchParams.get('state') ?? '');
  plant('binding of a browser', binding);
  weather.isSour = true;
  await tries(ann, 'identity.finish-provider-sign-in', { state, binding, code: plant('code of a provider') });
  weather.isSour = false;
}

/** Postgres refuses the login: what is asked meanwhile is told so. */
export async function askWithoutDatabase(
  server: RunningServer,
  { tries, get }: Asking,
  world: World,
  ann: Somebody,
): Promise<void> {
  await world.lockOut();
  await tries(ann, 'identity.get-me', {});
  await tries(undefined, 'identity.sign-in', { email: ann.email, password: ann.password });
  await tries({ token: server.token }, 'identity.create-token', { name: 'x' });
  await get('/readyz');
  await get('/console', ann);
  await world.letIn();
}

/** Node's own report, for which its operator has asked. */
export async function report({ pid }: RunningServer, { get }: Asking, { outputs }: World, folder: string): Promise<void> {
  process.kill(pid, 'SIGUSR2');
  const whole = () => {
    const name = existsSync(folder) ? readdirSync(folder)[0] : undefined;
    const text = name === undefined ? '' : readFileSync(join(folder, name), 'utf8');
    return text.trimEnd().endsWith('}') ? text : undefined;
  };
  let text = whole();
  for (let asked = 0; text === undefined && asked < 2_000; asked += 1) {
    await get('/livez');
    text = whole();
  }
  outputs.add('diagnostic report', 'SIGUSR2', text ?? '');
}

/** The words and the title of a process, as every user of the machine sees them. */
export function lookAtProcess({ pid }: RunningServer, { outputs }: World): void {
  for (const name of ['cmdline', 'comm'])
    if (existsSync(`/proc/${pid}/${name}`)) outputs.add('process', name, readFileSync(`/proc/${pid}/${name}`));
}
