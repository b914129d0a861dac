// Where a secret may stand, each with the reason. Whatever else is found is a leak.
import { DIGEST } from './forms.ts';
import type { Hit } from './secrets.ts';

interface Place {
  /** Names of secrets. */
  readonly secret: RegExp;
  readonly kind: string;
  readonly name: RegExp;
  readonly why: string;
}

/** In clear, or so that anybody can read it. */
const inClear: readonly Place[] = [
  { secret: /^link of the start$/, kind: 'printed', name: /^by a start$/, why: 'whoever starts the house signs in by it, once' },
  { secret: /^one-time link$/, kind: 'answer', name: /^POST \/api\/identity\/create-link$/, why: 'it is made there' },
  { secret: /^one-time link$/, kind: 'command line', name: /^run identity.create-link$/, why: 'it is made there' },
  { secret: /^(one-time link by letter|invitation)$/, kind: 'letter', name: /@people\.test$/, why: 'the letter brings it' },
  {
    secret: /^session$/,
    kind: 'answer',
    name: /^POST \/api\/identity\/(redeem-link|sign-in|confirm-sign-in|accept-invitation)$/,
    why: 'it is made there',
  },
  { secret: /^session of a page$/, kind: 'answer', name: /^POST \/sign-in header set-cookie$/, why: 'it is made there' },
  { secret: /^challenge$/, kind: 'answer', name: /^POST \/api\/identity\/redeem-link$/, why: 'it is made there' },
  {
    secret: /^key of an authenticator$/,
    kind: 'answer',
    name: /^POST \/api\/identity\/enrol-authenticator$/,
    why: 'it is made there',
  },
  { secret: /^recovery code$/, kind: 'answer', name: /^POST \/api\/identity\/confirm-authenticator$/, why: 'it is made there' },
  { secret: /^token of a/, kind: 'answer', name: /^POST \/api\/identity\/create-token$/, why: 'it is made there' },
  { secret: /^token of a service$/, kind: 'command line', name: /^token create$/, why: 'it is made there' },
  {
    secret: /^token of a command$/,
    kind: 'answer',
    name: /^POST \/chat\/conversations\/[^/]+\/messages$/,
    why: 'it is made there',
  },
  {
    secret: /^(state of a provider|binding of a browser)$/,
    kind: 'answer',
    name: /^POST \/api\/identity\/begin-provider-sign-in$/,
    why: 'it is made there',
  },
  {
    secret: /^key of a download$/,
    kind: 'answer',
    name: /^POST \/api\/marketplace\/get-order$/,
    why: 'whoever has the access key is told it',
  },
  {
    secret: /^(authorization code|state of an app)$/,
    kind: 'answer',
    name: /^GET \/oauth\/authorize\//,
    why: 'the browser takes it to the app',
  },
  { secret: /^(access token of an app|refresh token)$/, kind: 'answer', name: /^POST \/oauth\/token$/, why: 'it is made there' },
  {
    secret: /^state of an app$/,
    kind: 'column',
    name: /^core\.artefacts\.payload$/,
    why: "the app's own, to be given back to it within a quarter of an hour",
  },
  { secret: /^state of an app$/, kind: 'database file', name: /./, why: 'the same row, which is deleted once it was answered' },
  {
    secret: /^key of the local operator$/,
    kind: 'file',
    name: /^server\.json$/,
    why: 'readable by the owner of the folder alone, and gone with the server',
  },
  {
    secret: /^idempotency key/,
    kind: 'column',
    name: /^core\.idempotency\.key$/,
    why: 'the name that a caller gives a call: it opens nothing, and a secret answer is not kept under it',
  },
  { secret: /^idempotency key/, kind: 'database file', name: /./, why: 'the same' },
  { secret: /^TROUPE_MODEL_KEY$/, kind: 'prompt header', name: /^authorization$/, why: 'it is for this server' },
  { secret: /^TROUPE_ANCHOR_CHAIN_URL$/, kind: 'chain', name: /^address$/, why: 'it is for this server' },
  { secret: /^TROUPE_EMBEDDINGS_KEY$/, kind: 'embedding header', name: /^authorization$/, why: 'it is for this server' },
  { secret: /^OTEL_EXPORTER_OTLP_HEADERS$/, kind: 'span header', name: /^x-collector-key$/, why: 'it is for this server' },
  { secret: /^password of the collector$/, kind: 'span header', name: /^authorization$/, why: 'it is for this server' },
  {
    secret: /^(client secret of OIDC|access token of a provider)$/,
    kind: 'provider header',
    name: /^authorization$/,
    why: 'it is for this server',
  },
  { secret: /^code of a provider$/, kind: 'provider', name: /^body$/, why: 'it came from this server' },
];

/** Columns that hold the SHA-256 of a random secret, from which nothing leads back. Passwords, cards and words that people think up are not among them. */
const digests: Readonly<Record<string, RegExp>> = {
  'core.artefacts.id_hash': /^(authorization code|access token of an app|refresh token)$/,
  'identity.invitations.token_hash': /^invitation$/,
  'identity.tokens.token_hash': /^token of a/,
  'identity.sign_in_links.token_hash': /link/,
  'identity.sessions.token_hash': /^session/,
  'identity.pending_sign_ins.token_hash': /^challenge$/,
  'identity.recovery_codes.code_hash': /^recovery code$/,
  'identity.provider_sign_ins.state_hash': /^state of a provider$/,
  'identity.provider_sign_ins.binding_hash': /^binding of a browser$/,
  'marketplace.orders.access_hash': /^access key of an order$/,
  'marketplace.deliveries.token_hash': /^key of a download$/,
};
const ofRandomSecrets = Object.values(digests);

export function isAllowed({ secret, form, kind, name }: Hit): boolean {
  if (form === DIGEST && kind === 'column') return digests[name]?.test(secret) === true;
  if (form === DIGEST && kind === 'database file') return ofRandomSecrets.some((one) => one.test(secret));
  return inClear.some((one) => one.kind === kind && one.name.test(name) && one.secret.test(secret));
}
