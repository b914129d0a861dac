// What the environment says, read once. Everything has a default but for what only its owner can know.
import type { BlockList } from 'node:net';
import { join, resolve } from 'node:path';
import { houseErrors, type TroupeError } from './errors.ts';
import { trustedProxies } from './http/visitor-address.ts';
import type { CallLimits } from './kernel/call-limits.ts';
import type { LogLevel } from './observe/log.ts';
import type { ChainAnchorSettings } from './seal/chain/anchorer.ts';
import { createSecret, type Secret } from './secret.ts';

export interface Settings {
  readonly port: number;
  readonly host: string;
  /** The folder of everything that this installation keeps on disk. */
  readonly home: string;
  /** Where people reach it, without a trailing slash. */
  readonly publicUrl: string;
  /** Whether somebody said so, or it follows from where it listens. */
  readonly isPublicUrlGiven: boolean;
  /** `NODE_ENV=production`: what is unsafe does not start. */
  readonly isProduction: boolean;
  /** What the operator takes all the same, by the words of `TROUPE_ALLOW`. */
  readonly allowed: ReadonlySet<string>;
  readonly databaseUrl: Secret | undefined;
  readonly databaseOwnerUrl: Secret | undefined;
  readonly s3: { bucket: string; endpoint?: string; region: string; accessKeyId?: string; secretAccessKey?: Secret } | undefined;
  readonly embeddings: { url: string; apiKey?: Secret; model: string; dimensions: number } | undefined;
  /** Undefined: letters land in a folder of the house. */
  readonly smtp: { readonly url: Secret } | undefined;
  /** Whom letters come from. */
  readonly mailFrom: string;
  readonly secret: Secret | undefined;
  /** 32 bytes in base64 that sign the sealed log; undefined: the file `seal-key` in `home`. */
  readonly sealKey: Secret | undefined;
  /** Opens the metrics to other machines; undefined: they stay closed to them. */
  readonly metricsToken: Secret | undefined;
  /** A row of the record that waits longer for its seal makes the process unready. */
  readonly mostSealLagSeconds: number;
  /** Undefined: the sealed log is anchored on no chain. */
  readonly chainAnchor: ChainAnchorSettings | undefined;
  /** Whether apps sign people in by OAuth, and whether they may register themselves for it. */
  readonly oauth: { readonly isOn: boolean; readonly isRegistrationOpen: boolean };
  /** Whether Owners, Admins and their like do nothing with one proof but enrol a second factor. */
  readonly isSecondFactorRequired: boolean;
  /** Undefined: calls are not counted. */
  readonly callLimits: CallLimits | undefined;
  /** The proxies in front, which say for whom they ask; empty: nobody is believed. */
  readonly trustedProxies: BlockList;
  /** Whether documents are read from this very machine too: for development and tests. */
  readonly isEgressLoopbackOpen: boolean;
  /** What else the environment says, for plugins that declare it. */
  variable(name: string): string | undefined;
  readonly logLevel: LogLevel;
  readonly traceEndpoint: string | undefined;
  /** `provider/model`, or undefined: chat is commands. */
  readonly model: string | undefined;
}

/** What is read once and then taken out of the environment, where children and whatever is loaded would find it. */
export const SECRET_VARIABLES = [
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
  'S3_SECRET_ACCESS_KEY',
  'SMTP_URL',
  'TROUPE_ANCHOR_CHAIN_URL', // many nodes are reached by a key in the address
  'TROUPE_ANCHOR_KEY',
  'TROUPE_EMBEDDINGS_KEY',
  'TROUPE_METRICS_TOKEN',
  'TROUPE_SEAL_KEY',
  'TROUPE_SECRET',
] as const;

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** Reads the settings. `root` is the folder of troupe.config.ts. Errors: core.bad_setting, which names the variable and what it takes. */
export function readSettings(env: NodeJS.ProcessEnv, root: string): Settings {
  const said = { ...env }; // what is taken out of the environment later stays known here
  const text = (name: string) => said[name]?.trim() || undefined;
  const secret = (name: (typeof SECRET_VARIABLES)[number]) => asSecret(text(name));
  const port = wholeNumber('PORT', text('PORT') ?? '3000', 0, 65_535);
  const host = text('HOST') ?? '127.0.0.1';
  const level = text('LOG_LEVEL') ?? 'info';
  const known = LEVELS.find((one) => one === level);
  if (!known) throw badSetting('LOG_LEVEL', `one of ${LEVELS.join(', ')}`);
  const publicUrl = text('PUBLIC_URL')?.replace(/\/+$/, '');
  if (publicUrl && !URL.canParse(publicUrl)) throw badSetting('PUBLIC_URL', 'an address like https://troupe.example');
  return {
    port,
    host,
    home: resolve(text('TROUPE_HOME') ?? join(root, '.troupe')),
    publicUrl: publicUrl ?? `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`,
    isPublicUrlGiven: publicUrl !== undefined,
    isProduction: text('NODE_ENV') === 'production',
    allowed: new Set((text('TROUPE_ALLOW') ?? '').split(/[\s,]+/).filter(Boolean)),
    databaseUrl: secret('DATABASE_URL'),
    databaseOwnerUrl: secret('DATABASE_OWNER_URL'),
    s3: s3Settings(text),
    embeddings: embeddingsSettings(text),
    smtp: smtpSettings(text),
    mailFrom: mailFrom(text),
    secret: secret('TROUPE_SECRET'),
    sealKey: secret('TROUPE_SEAL_KEY'),
    metricsToken: metricsToken(text),
    mostSealLagSeconds: wholeNumber('TROUPE_SEAL_LAG_SECONDS', text('TROUPE_SEAL_LAG_SECONDS') ?? '60', 5, 86_400),
    chainAnchor: chainAnchorSettings(text),
    oauth: {
      isOn: onOrOff(text, 'TROUPE_OAUTH', true),
      isRegistrationOpen: onOrOff(text, 'TROUPE_OAUTH_REGISTRATION', true),
    },
    isSecondFactorRequired: yesOrNo(text, 'REQUIRE_SECOND_FACTOR', isInPublic(said, publicUrl)),
    callLimits: callLimits(text),
    trustedProxies: proxies(text),
    isEgressLoopbackOpen: onOrOff(text, 'TROUPE_EGRESS_LOOPBACK', false),
    variable: text,
    logLevel: known,
    traceEndpoint: text('OTEL_EXPORTER_OTLP_ENDPOINT'),
    model: text('TROUPE_MODEL'),
  };
}

type Text = (name: string) => string | undefined;

const asSecret = (value: string | undefined) => (value === undefined ? undefined : createSecret(value));

function s3Settings(text: Text): Settings['s3'] {
  const bucket = text('S3_BUCKET');
  if (!bucket) return undefined;
  const endpoint = text('S3_ENDPOINT');
  const accessKeyId = text('S3_ACCESS_KEY_ID');
  const secretAccessKey = asSecret(text('S3_SECRET_ACCESS_KEY'));
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw badSetting('S3_SECRET_ACCESS_KEY', 'the secret of S3_ACCESS_KEY_ID; set both or neither');
  return {
    bucket,
    region: text('S3_REGION') ?? 'us-east-1',
    ...(endpoint ? { endpoint } : {}),
    ...(accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : {}),
  };
}

function embeddingsSettings(text: Text): Settings['embeddings'] {
  const url = text('TROUPE_EMBEDDINGS_URL');
  if (!url) return undefined;
  const model = text('TROUPE_EMBEDDINGS_MODEL');
  if (!model) throw badSetting('TROUPE_EMBEDDINGS_MODEL', 'the name of the model at TROUPE_EMBEDDINGS_URL');
  const apiKey = asSecret(text('TROUPE_EMBEDDINGS_KEY'));
  const dimensions = wholeNumber('TROUPE_EMBEDDINGS_DIMENSIONS', text('TROUPE_EMBEDDINGS_DIMENSIONS') ?? '512', 1, 2000);
  return { url, model, dimensions, ...(apiKey ? { apiKey } : {}) };
}

function smtpSettings(text: Text): Settings['smtp'] {
  const url = text('SMTP_URL');
  if (!url) return undefined;
  if (!URL.canParse(url) || !/^smtps?:$/.test(new URL(url).protocol))
    throw badSetting('SMTP_URL', 'an address like smtp://name:password@host:587');
  if (!text('MAIL_FROM'))
    throw badSetting('MAIL_FROM', 'whom letters come from, like Troupe <post@troupe.example>, beside SMTP_URL');
  return { url: createSecret(url) };
}

const LEAST_TOKEN_CHARACTERS = 16;

function metricsToken(text: Text): Secret | undefined {
  const token = text('TROUPE_METRICS_TOKEN');
  if (token !== undefined && !(token.length >= LEAST_TOKEN_CHARACTERS && /^[\x21-\x7e]{1,512}$/.test(token)))
    throw badSetting('TROUPE_METRICS_TOKEN', `at least ${LEAST_TOKEN_CHARACTERS} letters, digits and signs without spaces`);
  return asSecret(token);
}

function mailFrom(text: Text): string {
  const from = text('MAIL_FROM') ?? 'Troupe <troupe@localhost>';
  if (!/^(?:[^<>@]+ <[^<>\s@]+@[^<>\s@]+>|[^<>\s@]+@[^<>\s@]+)$/.test(from))
    throw badSetting('MAIL_FROM', 'an address like Troupe <post@troupe.example>');
  return from;
}

const ANCHOR_NAMES = ['TROUPE_ANCHOR_CHAIN_URL', 'TROUPE_ANCHOR_CHAIN_ID', 'TROUPE_ANCHOR_KEY'] as const;
const ANCHOR_MORE = ['TROUPE_ANCHOR_EVERY_MINUTES', 'TROUPE_ANCHOR_CONFIRMATIONS', 'TROUPE_ANCHOR_MOST_FEE_A_DAY'] as const;
/** The order of secp256k1: a private key is less than it. */
const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** All three or none: what is half set was meant to anchor, and would not. */
function chainAnchorSettings(text: Text): Settings['chainAnchor'] {
  const [url, chainId, key] = ANCHOR_NAMES.map(text);
  if (![...ANCHOR_NAMES, ...ANCHOR_MORE].some(text)) return undefined;
  if (!url || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || new URL(url).username || new URL(url).password)
    throw badSetting('TROUPE_ANCHOR_CHAIN_URL', 'the JSON-RPC address of a node, http or https, without a name in it');
  if (!chainId) throw badSetting('TROUPE_ANCHOR_CHAIN_ID', 'the number of the chain at TROUPE_ANCHOR_CHAIN_URL');
  const secret = /^(?:0x)?([0-9a-f]{64})$/i.exec(key ?? '')?.[1];
  if (!secret || BigInt(`0x${secret}`) === 0n || BigInt(`0x${secret}`) >= SECP256K1_ORDER)
    throw badSetting('TROUPE_ANCHOR_KEY', 'a private key of its own that pays for anchors: 64 hexadecimal digits');
  return {
    url: createSecret(url),
    chainId: wholeNumber('TROUPE_ANCHOR_CHAIN_ID', chainId, 1, Number.MAX_SAFE_INTEGER),
    key: createSecret(`0x${secret}`),
    everyMinutes: wholeNumber('TROUPE_ANCHOR_EVERY_MINUTES', text('TROUPE_ANCHOR_EVERY_MINUTES') ?? '60', 1, 44_640),
    confirmations: wholeNumber('TROUPE_ANCHOR_CONFIRMATIONS', text('TROUPE_ANCHOR_CONFIRMATIONS') ?? '12', 1, 100),
    mostFeeADay: coinsAsWei('TROUPE_ANCHOR_MOST_FEE_A_DAY', text('TROUPE_ANCHOR_MOST_FEE_A_DAY') ?? '0.01'),
  };
}

function coinsAsWei(name: string, value: string): bigint {
  const [, whole = '', part = ''] = /^(\d{1,9})(?:\.(\d{1,18}))?$/.exec(value) ?? [];
  const wei = BigInt(`${whole}${part.padEnd(18, '0')}`);
  if (whole === '' || wei === 0n) throw badSetting(name, "a number of the chain's coins, like 0.01");
  return wei;
}

const CALL_LIMITS: CallLimits = { actor: 600, address: 3000, guestWrites: 120, guestFailures: 60 };
const CALL_LIMIT_NAMES = {
  actor: 'actor',
  address: 'address',
  'guest-writes': 'guestWrites',
  'guest-failures': 'guestFailures',
} as const;

function callLimits(text: Text): CallLimits | undefined {
  const value = text('TROUPE_CALL_LIMITS') ?? '';
  if (value === 'off') return undefined;
  const takes = `off, or calls per minute like ${Object.entries(CALL_LIMIT_NAMES)
    .map(([name, key]) => `${name}=${CALL_LIMITS[key]}`)
    .join(' ')} (0: no limit)`;
  const given = value
    .split(/\s+/)
    .filter(Boolean)
    .map((pair) => {
      const [, name = '', number = ''] = /^([a-z-]+)=(\d{1,9})$/.exec(pair) ?? [];
      if (!Object.hasOwn(CALL_LIMIT_NAMES, name)) throw badSetting('TROUPE_CALL_LIMITS', takes);
      return [CALL_LIMIT_NAMES[name as keyof typeof CALL_LIMIT_NAMES], Number(number)];
    });
  return { ...CALL_LIMITS, ...Object.fromEntries(given) };
}

function proxies(text: Text): BlockList {
  const list = trustedProxies((text('TROUPE_TRUSTED_PROXIES') ?? '').split(/[\s,]+/).filter(Boolean));
  if (!list) throw badSetting('TROUPE_TRUSTED_PROXIES', 'addresses and networks like 127.0.0.1, 10.0.0.0/8');
  return list;
}

function onOrOff(text: Text, name: string, otherwise: boolean): boolean {
  const value = text(name) ?? (otherwise ? 'on' : 'off');
  if (value !== 'on' && value !== 'off') throw badSetting(name, 'on or off');
  return value === 'on';
}

function yesOrNo(text: Text, name: string, otherwise: boolean): boolean {
  const value = text(name) ?? (otherwise ? 'yes' : 'no');
  if (value !== 'yes' && value !== 'no') throw badSetting(name, 'yes or no');
  return value === 'yes';
}

/** Whether a host name leads to this very machine. */
export const isLoopbackHost = (name: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(name);

/** A house in production that people reach over https from other machines. */
function isInPublic({ NODE_ENV }: NodeJS.ProcessEnv, publicUrl: string | undefined): boolean {
  if (NODE_ENV?.trim() !== 'production' || publicUrl === undefined) return false;
  const { protocol, hostname } = new URL(publicUrl);
  return protocol === 'https:' && !isLoopbackHost(hostname);
}

function wholeNumber(name: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < least || number > most) throw badSetting(name, `a whole number from ${least} to ${most}`);
  return number;
}

function badSetting(name: string, takes: string): TroupeError {
  return houseErrors.bad_setting({ name, takes });
}
