// `troupe doctor`: what is configured, what is missing, what to type. It changes nothing.
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from '../define/command.ts';
import { TroupeError } from '../errors.ts';
import { postgresOf } from '../revealed.ts';
import type { Settings } from '../settings.ts';
import { runningServer } from './door.ts';
import type { FoundInstallation } from './installation.ts';
import { counted, errorLine, parseWords } from './words.ts';

const READY_MS = 5_000;

export interface Finding {
  readonly state: 'ok' | 'note' | 'bad';
  readonly what: string;
  readonly says: string;
  /** What to type about it. */
  readonly todo?: string;
}

export async function doctor(words: readonly string[], found: FoundInstallation): Promise<number> {
  const { root, settings, load } = found;
  const { values } = parseWords({ args: [...words], options: { json: { type: 'boolean' } } });
  const server = await runningServer(settings.home);
  const findings: Finding[] = [
    nodeVersion(),
    { state: 'ok', what: 'installation', says: root },
    homeFolder(settings),
    server ? await readiness(server) : { state: 'note', what: 'server', says: 'does not run', todo: 'npm start' },
    await plugins(load),
    ...(await ofPlugins(settings, load)),
    ...(await database(settings, server !== undefined)),
    settings.s3
      ? { state: 'ok', what: 'objects', says: `S3 bucket ${settings.s3.bucket}` }
      : {
          state: settings.databaseUrl ? 'note' : 'ok',
          what: 'objects',
          says: `folder ${join(settings.home, 'objects')}`,
          ...(settings.databaseUrl ? { todo: 'S3_BUCKET=… when several machines share the work' } : {}),
        },
    settings.model
      ? modelFinding(settings.model)
      : {
          state: 'note',
          what: 'model',
          says: 'none in this shell, so chat is commands; a server has what it was started with',
          todo: 'TROUPE_MODEL=provider/model with its key, e.g. openai/gpt-5 and OPENAI_API_KEY',
        },
    settings.smtp
      ? { state: 'ok', what: 'mail', says: `sent from ${settings.mailFrom}` }
      : {
          state: 'note',
          what: 'mail',
          says: 'none is sent: npx troupe mail shows it',
          todo: 'SMTP_URL=smtp://… and MAIL_FROM=…',
        },
    secret(settings),
    sealKey(settings),
    ...(settings.chainAnchor ? await (await import('./doctor-chain.ts')).chainFindings(found, settings.chainAnchor) : []),
    ...(await safety(settings, load)),
  ];
  process.stdout.write(values.json ? `${JSON.stringify(findings)}\n` : `${findings.map(line).join('\n')}\n`);
  return findings.some(({ state }) => state === 'bad') ? 1 : 0;
}

const line = ({ state, what, says, todo }: Finding) =>
  `${state.padEnd(5)} ${what.padEnd(13)} ${says}${todo ? `\n${' '.repeat(20)}→ ${todo}` : ''}`;

function nodeVersion(): Finding {
  const major = Number.parseInt(process.versions.node, 10);
  return {
    state: major >= 24 ? 'ok' : 'bad',
    what: 'node',
    says: process.version,
    ...(major >= 24 ? {} : { todo: 'npm start (it brings Node 24 with it)' }),
  };
}

function homeFolder({ home }: Settings): Finding {
  if (!existsSync(home)) return { state: 'note', what: 'home', says: `${home} (made at the first start)` };
  try {
    accessSync(home, constants.R_OK | constants.W_OK);
    return { state: 'ok', what: 'home', says: home };
  } catch {
    return { state: 'bad', what: 'home', says: `${home} cannot be written`, todo: 'TROUPE_HOME=… a folder of yours' };
  }
}

async function plugins(load: FoundInstallation['load']): Promise<Finding> {
  try {
    const { createRegistry } = await import('../kernel/registry.ts');
    const { plugins: all } = await load();
    const { actions } = createRegistry(all);
    return { state: 'ok', what: 'plugins', says: `${all.map(({ id }) => id).join(', ')} (${counted(actions.size, 'action')})` };
  } catch (error) {
    return { state: 'bad', what: 'plugins', says: errorLine(error) };
  }
}

/** What plugins find of themselves. */
async function ofPlugins(settings: Settings, load: FoundInstallation['load']): Promise<Finding[]> {
  const { plugins: all } = await load().catch(() => ({ plugins: [] })); // that they do not load is said above
  return all.flatMap((plugin) => {
    const said = Object.keys(plugin.settings ?? {}).map((name) => [name, settings.variable(name)]);
    const found = plugin.findings?.(Object.fromEntries(said)) ?? [];
    return found.map((says): Finding => ({ state: 'note', what: plugin.id, says }));
  });
}

async function readiness({ url, fetch: ask }: Door): Promise<Finding> {
  const answer = await ask('/readyz', { signal: AbortSignal.timeout(READY_MS) }).catch(() => undefined);
  const [, remark] = answer?.ok ? (await answer.text()).split('\n') : [];
  if (remark) return { state: 'note', what: 'server', says: `runs at ${url}; ${remark}` };
  if (answer?.ok) return { state: 'ok', what: 'server', says: `runs at ${url}` };
  return { state: 'bad', what: 'server', says: `runs at ${url} and is not ready: ${(await answer?.text()) ?? 'no answer'}` };
}

/** What would not start in production: there it is wrong, elsewhere good to know. */
async function safety(settings: Settings, load: FoundInstallation['load']): Promise<Finding[]> {
  const [{ unsafeSentence, unsafeSetup }, { loginRights }] = await Promise.all([
    import('../safety.ts'),
    import('../db/login-rights.ts'),
  ]);
  // that they do not load, or nobody answers, is said above
  const plugins = await load().then(
    (installation) => installation.plugins,
    () => undefined,
  );
  if (!plugins) return [];
  const login = settings.databaseUrl && (await loginRights(settings.databaseUrl.reveal()).catch(() => undefined));
  const state = settings.isProduction ? 'bad' : 'note';
  return unsafeSetup({ settings, plugins, login }).map((one) => ({
    state,
    what: 'production',
    says: `${one.setting}: ${unsafeSentence(one)}`,
  }));
}

async function database(settings: Settings, inUse: boolean): Promise<Finding[]> {
  const { databaseOwnerUrl, home } = settings;
  const postgresSettings = postgresOf(settings);
  if (!postgresSettings)
    return [
      {
        state: 'ok',
        what: 'database',
        says: `embedded, in ${join(home, 'database')}${inUse ? ' (open in the server)' : ''}`,
      },
    ];
  const [{ openDatabase }, { sealFindings }] = await Promise.all([import('../db/open.ts'), import('./doctor-seal.ts')]);
  try {
    const opened = await openDatabase(postgresSettings);
    try {
      return [
        postgres(databaseOwnerUrl !== undefined),
        ...(await sealFindings((query) => opened.owner(({ rows }) => rows(query)))),
      ];
    } finally {
      await opened.close();
    }
  } catch (error) {
    const says = error instanceof TroupeError ? error.message : String(error);
    return [{ state: 'bad', what: 'database', says, todo: 'check DATABASE_URL' }];
  }
}

const postgres = (hasOwner: boolean): Finding =>
  hasOwner
    ? { state: 'ok', what: 'database', says: 'Postgres, with an owner of its own' }
    : {
        state: 'note',
        what: 'database',
        says: 'Postgres; the application connects as the owner',
        todo: 'DATABASE_OWNER_URL=… for migrations, and DATABASE_URL as a login of the role troupe_app',
      };

function secret({ secret: given, databaseUrl, home }: Settings): Finding {
  if (given) return { state: 'ok', what: 'secret', says: 'TROUPE_SECRET' };
  const says = `the file ${join(home, 'secret')}`;
  return databaseUrl
    ? { state: 'note', what: 'secret', says, todo: 'TROUPE_SECRET=… the same for every process on this database' }
    : { state: 'ok', what: 'secret', says };
}

function sealKey({ sealKey: given, databaseUrl, home }: Settings): Finding {
  if (given) return { state: 'ok', what: 'seal key', says: 'TROUPE_SEAL_KEY' };
  const says = `the file ${join(home, 'seal-key')}`;
  return databaseUrl
    ? { state: 'note', what: 'seal key', says, todo: 'TROUPE_SEAL_KEY=… the same for every process on this database' }
    : { state: 'ok', what: 'seal key', says };
}

/** `provider/model`, or several with commas between them. */
function modelFinding(model: string): Finding {
  const isNamed = model.split(',').every((name) => /^\s*[a-z0-9_-]+\/\S+\s*$/.test(name));
  if (isNamed) return { state: 'ok', what: 'model', says: `${model}, asked once workforce.list-model-prices names it` };
  return { state: 'bad', what: 'model', says: `${model} is no provider/model`, todo: 'TROUPE_MODEL=openai/gpt-5, say' };
}
