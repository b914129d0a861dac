// What does not start in production. All of it is told at once, each with what to set.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoginRights } from './db/login-rights.ts';
import type { Unsafe } from './define/unsafe.ts';
import { houseErrors, type TroupeError } from './errors.ts';
import type { Installation } from './installation.ts';
import { isLoopbackHost, type Settings } from './settings.ts';

export interface SafetyFacts {
  readonly settings: Settings;
  readonly plugins: Installation['plugins'];
  /** What the database says of the application's login; undefined: the embedded one, or nobody could be asked. */
  readonly login: LoginRights | undefined;
}

/** Everything that is unsafe about a house, in production or not. What the operator allows is left out. */
export function unsafeSetup(facts: SafetyFacts): Unsafe[] {
  const { settings, plugins } = facts;
  const ofPlugins = isInPublic(settings) ? plugins.flatMap((plugin) => declaredBy(plugin, settings)) : [];
  const all = [...ofKeys(settings), ...ofAddresses(facts), ...ofDatabase(facts), ...ofSwitches(settings), ...ofPlugins];
  return all.filter(({ allow }) => allow === undefined || !settings.allowed.has(allow));
}

/** Errors: core.unsafe_setup, which names everything. */
export function unsafeSetupError(unsafe: readonly Unsafe[]): TroupeError {
  return houseErrors.unsafe_setup({
    issues: unsafe.map((one) => ({ path: one.setting, message: unsafeSentence(one) })),
  });
}

export function unsafeSentence({ why, todo, allow }: Unsafe): string {
  return `${why} ${todo}${allow === undefined ? '' : ` Or TROUPE_ALLOW=${allow}, if that is meant.`}`;
}

/** Whether anybody on another machine reaches it. */
function isInPublic({ host, publicUrl, isPublicUrlGiven }: Settings): boolean {
  return !isLoopbackHost(host) || (isPublicUrlGiven && !isLoopbackHost(new URL(publicUrl).hostname));
}

const LEAST_BYTES = 32;
const LEAST_DIFFERENT = 8;
const TYPED = /change.?me|password|passwort|secret|example|default|12345/i;

function isGuessable(text: string): boolean {
  return Buffer.byteLength(text) < LEAST_BYTES || new Set(text).size < LEAST_DIFFERENT || TYPED.test(text);
}

function ofKeys({ secret, sealKey, home }: Settings): Unsafe[] {
  const text = secret?.reveal() ?? fileText(join(home, 'secret'));
  const seed = sealKey === undefined ? undefined : Buffer.from(sealKey.reveal(), 'base64');
  return [
    ...(text !== undefined && isGuessable(text)
      ? [
          {
            setting: 'TROUPE_SECRET',
            why: 'It is shorter than 32 bytes, or looks like words: whoever guesses it makes sign-in links and codes of everybody.',
            todo: 'Set what `openssl rand -base64 32` prints.',
          },
        ]
      : []),
    ...(seed !== undefined && new Set(seed).size < LEAST_DIFFERENT
      ? [
          {
            setting: 'TROUPE_SEAL_KEY',
            why: 'It is no random key: whoever guesses it signs another history.',
            todo: 'Set what `openssl rand -base64 32` prints.',
          },
        ]
      : []),
  ];
}

function ofAddresses({ settings, plugins }: SafetyFacts): Unsafe[] {
  const { host, publicUrl, isPublicUrlGiven, trustedProxies } = settings;
  const { protocol, hostname } = new URL(publicUrl);
  const isBoundToAll = !isLoopbackHost(host);
  return [
    ...(isBoundToAll && !isPublicUrlGiven
      ? [
          {
            setting: 'PUBLIC_URL',
            why: `HOST=${host} is reached from other machines, and nothing says under which address.`,
            todo: 'Set PUBLIC_URL to the https address that people type.',
          },
        ]
      : []),
    ...(isPublicUrlGiven && protocol !== 'https:' && (isBoundToAll || !isLoopbackHost(hostname))
      ? [
          {
            setting: 'PUBLIC_URL',
            why: 'Passwords, sessions and tokens would cross the network in the clear.',
            todo: 'Put a proxy with a certificate in front, and set PUBLIC_URL to its https address.',
            allow: 'plain-http',
          },
        ]
      : []),
    ...(isInPublic(settings) && !plugins.some(({ directory }) => directory)
      ? [
          {
            setting: 'HOST',
            why: 'No plugin of this installation signs people in.',
            todo: 'Add the identity plugin to troupe.config.ts, or listen on 127.0.0.1.',
          },
        ]
      : []),
    ...(ANYBODY.some(([one, other, family]) => trustedProxies.check(one, family) && trustedProxies.check(other, family))
      ? [
          {
            setting: 'TROUPE_TRUSTED_PROXIES',
            why: 'It names everybody: each visitor could say to be another one.',
            todo: 'Name the addresses of your proxies alone.',
          },
        ]
      : []),
  ];
}

/** Addresses of which no proxy has either (RFC 5737, RFC 3849, RFC 9637). */
const ANYBODY = [
  ['192.0.2.1', '203.0.113.1', 'ipv4'],
  ['2001:db8::1', '3fff::1', 'ipv6'],
] as const;

function ofDatabase({ settings, login }: SafetyFacts): Unsafe[] {
  const { databaseUrl, databaseOwnerUrl } = settings;
  if (!databaseUrl)
    return isInPublic(settings)
      ? [
          {
            setting: 'DATABASE_URL',
            why: 'The embedded database can lose the last moments when power is lost, and its one session owns everything.',
            todo: 'Set DATABASE_URL and DATABASE_OWNER_URL of a Postgres server.',
            allow: 'embedded-database',
          },
        ]
      : [];
  return [
    ...(databaseOwnerUrl
      ? []
      : [
          {
            setting: 'DATABASE_OWNER_URL',
            why: 'The application would connect as the owner, who can rewrite the record.',
            todo: 'Set it to the login that owns the schemas, and DATABASE_URL to one that may only `set role troupe_app`.',
          },
        ]),
    ...(login && login.powers.length > 0
      ? [
          {
            setting: 'DATABASE_URL',
            why: `Its login "${login.name}" ${login.powers.join(', ')}: it could rewrite the record.`,
            todo: 'Give the application a login that owns nothing and may only `set role troupe_app`.',
          },
        ]
      : []),
  ];
}

function ofSwitches(settings: Settings): Unsafe[] {
  const { logLevel, isEgressLoopbackOpen, isSecondFactorRequired, publicUrl, isPublicUrlGiven } = settings;
  const { protocol, hostname } = new URL(publicUrl);
  const isHttpsInPublic = isPublicUrlGiven && protocol === 'https:' && !isLoopbackHost(hostname);
  return [
    ...(logLevel === 'debug'
      ? [
          {
            setting: 'LOG_LEVEL',
            why: 'What is logged for finding faults holds what people and programs sent.',
            todo: 'Set LOG_LEVEL=info.',
          },
        ]
      : []),
    ...(isEgressLoopbackOpen
      ? [
          {
            setting: 'TROUPE_EGRESS_LOOPBACK',
            why: 'A stranger could have this server read what listens on this very machine.',
            todo: 'Leave TROUPE_EGRESS_LOOPBACK out.',
          },
        ]
      : []),
    ...(isHttpsInPublic && !isSecondFactorRequired
      ? [
          {
            setting: 'REQUIRE_SECOND_FACTOR',
            why: 'One stolen password of an Owner would open everything.',
            todo: 'Leave REQUIRE_SECOND_FACTOR out.',
          },
        ]
      : []),
  ];
}

function declaredBy({ settings: names = {}, unsafeInPublic }: Installation['plugins'][number], { variable }: Settings) {
  return unsafeInPublic?.(Object.fromEntries(Object.keys(names).map((name) => [name, variable(name)]))) ?? [];
}

function fileText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}
