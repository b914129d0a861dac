// `troupe start`: the whole house behind one port.
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loginRights } from '../db/login-rights.ts';
import { houseErrors } from '../errors.ts';
import { type House, openHouse } from '../house.ts';
import type { App } from '../http/app.ts';
import { localOperator } from '../http/authenticate.ts';
import { openApp } from '../http/open-app.ts';
import { listen, type RunningHttp } from '../http/server.ts';
import type { Installation } from '../installation.ts';
import { unsafeSetup, unsafeSetupError } from '../safety.ts';
import type { Settings } from '../settings.ts';
import type { Surface } from '../surface.ts';
import { readServerFile, runningServer, type ServerFile, serverFileOf } from './door.ts';
import type { FoundInstallation } from './installation.ts';
import { parseWords } from './words.ts';

const JOBS_AT_ONCE = 2;
const SETTLED_MS = 10_000;

/** Starts and stays. Answers the exit code once it was told to stop. */
export async function start(words: readonly string[], found: FoundInstallation): Promise<number> {
  const { values } = parseWords({ args: [...words], options: { empty: { type: 'boolean' } } });
  const began = Number(process.env.TROUPE_T0 ?? performance.timeOrigin);
  const { settings } = found;
  if (!settings.databaseUrl && (await runningServer(settings.home))) {
    const { url, pid } = readServerFile(settings.home) ?? {};
    throw houseErrors.runs_already({ url, pid });
  }

  const installation = await found.load();
  if (settings.isProduction) await assertSafe(settings, installation);

  // the port first: a taken one is told before anything is opened
  let app: App | undefined;
  const http = await listen((request, env) => app?.fetch(request, env) ?? new Response('starting', { status: 503 }), settings);
  const publicUrl = settings.isPublicUrlGiven ? settings.publicUrl : `http://${urlHost(settings.host)}:${http.port}`;
  const house = await openHouse(installation, { ...settings, publicUrl }).catch(async (error: unknown) => {
    await http.close();
    throw error;
  });
  const told = toldToStop(); // from here on a signal closes what is open
  try {
    await house.kernel.seed({ rehearsal: !values.empty });
    await house.kernel.startWorkers({ concurrency: JOBS_AT_ONCE });
    const token = randomBytes(32).toString('base64url');
    app = await openApp(installation, house, { settings: { ...settings, publicUrl }, localKey: token, port: http.port });
    const file: ServerFile = { url: `http://${urlHost(settings.host)}:${http.port}`, token, pid: process.pid };
    writeFileSync(serverFileOf(settings.home), JSON.stringify(file), { mode: 0o600 });
    process.stdout.write(`ready ${publicUrl} in ${((Date.now() - began) / 1000).toFixed(2)} s\n`);
    await printNotices(installation, house, publicUrl);
    setTimeout(collectGarbage, SETTLED_MS).unref();
  } catch (error) {
    await stop(installation.surfaces, house, http, settings);
    throw error;
  }
  await told;
  await stop(installation.surfaces, house, http, settings);
  return 0;
}

/** Errors: core.unsafe_setup, those of connecting to the database. */
async function assertSafe(settings: Settings, { plugins }: Installation): Promise<void> {
  const login = settings.databaseUrl && (await loginRights(settings.databaseUrl.reveal()));
  const unsafe = unsafeSetup({ settings, plugins, login });
  if (unsafe.length > 0) throw unsafeSetupError(unsafe);
}

async function printNotices(installation: Installation, { kernel }: House, publicUrl: string): Promise<void> {
  for (const { startNotice } of installation.plugins) {
    if (!startNotice) continue;
    const caller = { principal: localOperator, tainted: false };
    const { output } = await kernel.execute({
      action: startNotice.action.name,
      input: startNotice.input,
      caller,
      surface: 'cli',
      requestId: crypto.randomUUID(),
    });
    process.stdout.write(`${startNotice.say(output as never, publicUrl)}\n`);
  }
}

async function stop(surfaces: readonly Surface[], house: House, http: RunningHttp, { home }: Settings): Promise<void> {
  // another process on the same Postgres may have written its own over it
  if (readServerFile(home)?.pid === process.pid) rmSync(serverFileOf(home), { force: true });
  // first: whoever hears an answer is told that it goes on elsewhere, and the connection is free to close
  for (const surface of surfaces) await surface.stop?.();
  await http.close();
  await house.close();
}

/** What starting leaves behind is some hundred megabytes, which nothing would collect in a process that then stands idle. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

const urlHost = (host: string) => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host);
