// A house whose every setting that may hold a secret holds one, and the world outside that these settings lead to.

import type { LLMock } from '@copilotkit/aimock';
import { scriptedModel } from '@troupe-os/agents/testing';
import { atEnd } from '@troupe-os/core/testing';
import { newFolder, newPlace, type Place } from '../../../test/servers.ts';
import { type SignInProvider, startSignInProvider } from '../../../test/sign-in-provider.ts';
import { onServer } from '../../bench/places.ts';
import { hexOf } from '../random.ts';
import { addRequest, createOutputs, type Outputs } from './outputs.ts';
import { embed, keepObjects, mine, openOutside, openPost, type Post, passOn, type Weather } from './outside.ts';
import { createSecrets, type Secrets } from './secrets.ts';

export interface World {
  readonly place: Place;
  readonly secrets: Secrets;
  readonly outputs: Outputs;
  readonly weather: Weather;
  readonly model: LLMock;
  readonly provider: SignInProvider;
  readonly post: Post;
  /** Of the database's superuser; undefined: embedded. */
  readonly adminUrl: string | undefined;
  /** Where the application's login of Postgres is refused from now on, and its connections are cut. */
  lockOut(): Promise<void>;
  letIn(): Promise<void>;
}

const DIMENSIONS = 64;
const CHAIN_ID = 31_337;

export async function openWorld(kind: 'PGlite' | 'Postgres', random: () => number): Promise<World> {
  const secrets = createSecrets(random);
  const outputs = createOutputs();
  const weather: Weather = { isSour: false };
  const parts = { outputs, weather };
  const { plant } = secrets;
  const { model, env } = await scriptedModel();
  const quote = (status: number, words: (heard: string) => string) => (heard: { headers: Record<string, unknown> }) => ({
    status,
    body: JSON.stringify({ error: { message: words(String(heard.headers.authorization ?? heard.headers['x-collector-key'])) } }),
  });
  const wrongKey = (shown: string) =>
    `Incorrect API key provided: ${shown.replace(/^Bearer /, '')}. You can find your API key in your account.`;
  const [front, embeddings, collector, bucket, chain, post] = await Promise.all([
    openOutside(parts, {
      kind: 'prompt',
      answer: passOn(env.TROUPE_MODEL_URL?.replace(/\/v1$/, '') ?? ''),
      quoting: quote(401, wrongKey),
    }),
    openOutside(parts, { kind: 'embedding', answer: embed(DIMENSIONS), quoting: quote(401, wrongKey) }),
    openOutside(parts, {
      kind: 'span',
      answer: (_, response) => void response.setHeader('content-type', 'application/json').end('{}'),
      quoting: (heard) => ({
        status: 401,
        body: `No such key: ${heard.headers['x-collector-key']} ${heard.headers.authorization}`,
      }),
    }),
    openOutside(parts, {
      kind: 'bucket',
      answer: keepObjects(outputs),
      quoting: ({ headers }) => ({
        status: 403,
        body: `<?xml version="1.0"?><Error><Code>SignatureDoesNotMatch</Code><Message>${headers.authorization}</Message></Error>`,
      }),
    }),
    openOutside(parts, {
      kind: 'chain',
      answer: mine(CHAIN_ID),
      quoting: ({ address }) => ({
        status: 401,
        body: JSON.stringify({ error: { code: -32_000, message: `no project at ${address}` } }),
      }),
    }),
    openPost(parts),
  ]);
  const provider = await startSignInProvider({
    secret: plant('client secret of OIDC'),
    accessToken: plant('access token of a provider'),
    heard(request, body) {
      addRequest(outputs, 'provider', { headers: request.headers, address: request.url ?? '', body });
      if (!weather.isSour) return undefined;
      const error_description = `${body} ${request.headers.authorization} are no credentials`;
      return { status: 400, body: JSON.stringify({ error: 'invalid_client', error_description }) };
    },
  });
  const database = kind === 'Postgres' ? await openDatabaseOf(secrets) : undefined;
  const place: Place = {
    ...(await newPlace({}, 'pglite')),
    env: {
      ...{ LOG_LEVEL: 'debug', TROUPE_CALL_LIMITS: 'off', REQUIRE_SECOND_FACTOR: 'no' },
      ...database?.env,
      ...provider.settings,
      TROUPE_SECRET: plant('TROUPE_SECRET'),
      TROUPE_SEAL_KEY: plant(
        'TROUPE_SEAL_KEY',
        Buffer.from(plant('bytes of TROUPE_SEAL_KEY').padEnd(32, '_')).toString('base64'),
      ),
      TROUPE_METRICS_TOKEN: plant('TROUPE_METRICS_TOKEN'),
      TROUPE_ANCHOR_KEY: plant('TROUPE_ANCHOR_KEY', hexOf(random, 64)),
      TROUPE_ANCHOR_CHAIN_URL: `${chain.url}/v3/${plant('TROUPE_ANCHOR_CHAIN_URL')}`,
      TROUPE_ANCHOR_CHAIN_ID: String(CHAIN_ID),
      SMTP_URL: post.url.replace('//', `//post:${plant('password of SMTP_URL')}@`),
      MAIL_FROM: 'Troupe <post@troupe.test>',
      ...{ S3_BUCKET: 'works', S3_ENDPOINT: bucket.url, S3_ACCESS_KEY_ID: 'the-house' },
      S3_SECRET_ACCESS_KEY: plant('S3_SECRET_ACCESS_KEY'),
      TROUPE_MODEL: env.TROUPE_MODEL ?? '',
      TROUPE_MODEL_URL: `${front.url}/v1`,
      TROUPE_MODEL_KEY: plant('TROUPE_MODEL_KEY'),
      OPENAI_API_KEY: plant('OPENAI_API_KEY'),
      TROUPE_EMBEDDINGS_URL: embeddings.url,
      ...{ TROUPE_EMBEDDINGS_MODEL: 'embed', TROUPE_EMBEDDINGS_DIMENSIONS: String(DIMENSIONS) },
      TROUPE_EMBEDDINGS_KEY: plant('TROUPE_EMBEDDINGS_KEY'),
      ...providerSettings(secrets),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('//', `//troupe:${plant('password of the collector')}@`),
      OTEL_EXPORTER_OTLP_HEADERS: `x-collector-key=${plant('OTEL_EXPORTER_OTLP_HEADERS')}`,
    },
  };
  return {
    ...{ place, secrets, outputs, weather, model, provider, post, adminUrl: database?.adminUrl },
    lockOut: async () => database?.lockOut(),
    letIn: async () => database?.letIn(),
  };
}

function providerSettings({ plant }: Secrets): Record<string, string> {
  const names = ['GOOGLE', 'GITHUB', 'DISCORD'];
  return Object.fromEntries(
    names.flatMap((name) => [
      [`${name}_CLIENT_ID`, 'the-house'],
      [`${name}_CLIENT_SECRET`, plant(`client secret of ${name}`)],
    ]),
  );
}

/** Two logins of the test server, an owner and one that may become the application's role, each with a password. */
async function openDatabaseOf({ plant }: Secrets) {
  const server = process.env.TROUPE_TEST_DATABASE_URL ?? '';
  const name = `troupe_canary_${crypto.randomUUID().replaceAll('-', '')}`;
  const [owner, app] = [`${name}_owner`, `${name}_app`];
  const [ownerPassword, appPassword] = [plant('password of DATABASE_OWNER_URL'), plant('password of DATABASE_URL')];
  await onServer(server, [
    'do $$ begin create role troupe_app nologin; exception when duplicate_object then null; end $$',
    `create role "${owner}" superuser login password '${ownerPassword}'`,
    `create role "${app}" login password '${appPassword}' in role troupe_app`,
    `create database "${name}" owner "${owner}"`,
  ]);
  atEnd(() => onServer(server, [`drop database if exists "${name}" with (force)`, `drop role "${owner}"`, `drop role "${app}"`]));
  const address = (user: string, password: string) => {
    const url = new URL(server);
    return Object.assign(url, { pathname: `/${name}`, username: user, password }).href;
  };
  const own = new URL(server);
  own.pathname = `/${name}`;
  return {
    adminUrl: own.href,
    env: { DATABASE_URL: address(app, appPassword), DATABASE_OWNER_URL: address(owner, ownerPassword) },
    lockOut: () =>
      onServer(server, [
        `alter role "${app}" password 'another one'`,
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${app}'`,
      ]),
    letIn: () => onServer(server, [`alter role "${app}" password '${appPassword}'`]),
  };
}

/** A folder for files that are brought into the house. */
export const filesFolder = newFolder;
