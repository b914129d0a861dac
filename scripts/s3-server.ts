// A real S3 server for the tests, on loopback: OpenStack Swift with its s3api, from Debian's packages.
//
//   eval "$(node scripts/s3-server.ts start FOLDER)"   starts it with its data in FOLDER and prints the TROUPE_TEST_S3_* settings
//   node scripts/s3-server.ts stop FOLDER              ends it and removes FOLDER
//
// Needs `apt-get install --no-install-recommends` of the packages below.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

const packages = ['swift-proxy', 'swift-account', 'swift-container', 'swift-object'];
const bucket = 'troupe-test';
const region = 'us-east-1';
const accessKeyId = 'test:tester';
const secretAccessKey = 'testing';
const storage = ['object', 'container', 'account'] as const;
const startTimeoutMilliseconds = 30_000;

const [command, folder] = process.argv.slice(2);
if (folder === undefined || (command !== 'start' && command !== 'stop')) {
  process.stderr.write('usage: node scripts/s3-server.ts start|stop FOLDER\n');
  process.exitCode = 2;
} else if (command === 'start') {
  await start(resolve(folder));
} else {
  stop(resolve(folder));
}

async function start(home: string): Promise<void> {
  if (existsSync(pidFile(home))) throw new Error(`A server runs in ${home} already; stop it first.`);
  const absent = packages.filter((name) => !existsSync(`/usr/bin/${name}-server`));
  if (absent.length > 0) throw new Error(`Install first: apt-get install --no-install-recommends ${absent.join(' ')}`);
  for (const part of ['etc', 'log', 'dev/disk']) mkdirSync(join(home, part), { recursive: true });
  const ports = await freePorts();
  writeConfiguration(home, ports);
  storage.forEach((kind) => {
    buildRing(home, kind, ports[kind]);
  });
  const pids = [...storage, 'proxy' as const].map((kind) => launch(home, kind));
  writeFileSync(pidFile(home), pids.join('\n'));

  const endpoint = `http://127.0.0.1:${ports.proxy}`;
  try {
    await makeBucket(endpoint);
  } catch (error) {
    process.stderr.write(readFileSync(logFile(home, 'proxy'), 'utf8'));
    stop(home);
    throw error;
  }
  const settings = {
    ENDPOINT: endpoint,
    BUCKET: bucket,
    REGION: region,
    ACCESS_KEY_ID: accessKeyId,
    SECRET_ACCESS_KEY: secretAccessKey,
  };
  for (const [name, value] of Object.entries(settings)) process.stdout.write(`export TROUPE_TEST_S3_${name}='${value}'\n`);
}

function stop(home: string): void {
  if (!existsSync(pidFile(home))) return;
  for (const pid of readFileSync(pidFile(home), 'utf8').split('\n')) endProcess(Number(pid));
  // a server that is ending may still write its log
  rmSync(home, { recursive: true, maxRetries: 5 });
}

function endProcess(pid: number): void {
  try {
    // the whole group: each server has workers
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

type Ports = Record<(typeof storage)[number] | 'proxy', number>;

async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const server = createServer();
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      return server;
    }),
  );
  const [object = 0, container = 0, account = 0, proxy = 0] = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return { object, container, account, proxy };
}

function writeConfiguration(home: string, ports: Ports): void {
  const write = (name: string, text: string) => writeFileSync(join(home, 'etc', name), text);
  const common = (kind: keyof Ports) => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${ports[kind]}
user = ${userInfo().username}
swift_dir = ${join(home, 'etc')}
workers = 0
log_name = ${kind}
`;
  write(
    'swift.conf',
    '[swift-hash]\nswift_hash_path_prefix = test\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = only\ndefault = yes\n',
  );
  for (const kind of storage) {
    const app = `[pipeline:main]\npipeline = ${kind}-server\n[app:${kind}-server]\nuse = egg:swift#${kind}\n`;
    write(`${kind}-server.conf`, `${common(kind)}devices = ${join(home, 'dev')}\nmount_check = false\n${app}`);
  }
  const filters = [
    'catch_errors',
    'proxy-logging',
    'cache',
    'listing_formats',
    's3api',
    'tempauth',
    'copy',
    'bulk',
    'slo',
    'dlo',
  ];
  const options: Record<string, string> = {
    cache: 'use = egg:swift#memcache',
    'proxy-logging': 'use = egg:swift#proxy_logging',
    s3api: `use = egg:swift#s3api\nlocation = ${region}`,
    tempauth: `use = egg:swift#tempauth\nuser_test_tester = ${secretAccessKey} .admin`,
  };
  const sections = filters.map((name) => `[filter:${name}]\n${options[name] ?? `use = egg:swift#${name}`}\n`).join('');
  const app = '[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\nallow_account_management = true\n';
  write(
    'proxy-server.conf',
    `${common('proxy')}[pipeline:main]\npipeline = ${filters.join(' ')} proxy-server\n${app}${sections}`,
  );
}

function buildRing(home: string, kind: string, port: number): void {
  const ring = (...parameters: string[]) =>
    execFileSync('swift-ring-builder', [join(home, 'etc', `${kind}.builder`), ...parameters]);
  ring('create', '4', '1', '0');
  ring('add', `r1z1-127.0.0.1:${port}/disk`, '1');
  ring('rebalance');
}

/** Answers the process id, which is its group's too. */
function launch(home: string, kind: string): number {
  const log = openSync(logFile(home, kind), 'w');
  const child = spawn(`swift-${kind}-server`, [join(home, 'etc', `${kind}-server.conf`)], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  if (child.pid === undefined) throw new Error(`swift-${kind}-server did not start.`);
  return child.pid;
}

async function makeBucket(endpoint: string): Promise<void> {
  const checksums = { requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' } as const;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials, maxAttempts: 1, ...checksums });
  const deadline = Date.now() + startTimeoutMilliseconds;
  for (;;) {
    try {
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      client.destroy();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await wait(200);
    }
  }
}

function pidFile(home: string): string {
  return join(home, 'pids');
}

function logFile(home: string, kind: string): string {
  return join(home, 'log', `${kind}.log`);
}
