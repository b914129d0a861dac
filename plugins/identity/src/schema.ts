import { CHANNELS } from '@troupe-os/core';
import { bigint, boolean, integer, pgSchema, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const identity = pgSchema('identity');
const time = (name: string) => timestamp(name, { withTimezone: true });

/** The ways in. A link may have come by mail, or in an invitation. */
export const OPENED_BY = ['password', 'link', 'provider', 'wallet', 'passkey'] as const;

export const brands = identity.table('brands', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: time('created_at').notNull(),
});

export const departments = identity.table('departments', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: time('created_at').notNull(),
  archivedAt: time('archived_at'),
});

export const roles = identity.table('roles', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** Null: built in. */
  permissions: text('permissions').array(),
  createdAt: time('created_at').notNull(),
});

export const actors = identity.table('actors', {
  id: uuid('id').primaryKey(),
  kind: text('kind', { enum: ['user', 'agent'] }).notNull(),
  name: text('name').notNull(),
  active: boolean('active').notNull().default(true),
  /** Of an agent: the names of those that it is kept to. Null: all that its roles open. */
  actions: text('actions').array(),
  createdAt: time('created_at').notNull(),
});

export const people = identity.table('people', {
  actorId: uuid('actor_id').primaryKey(),
  /** In lower case. */
  email: text('email').notNull(),
  passwordHash: text('password_hash'),
  passwordSetAt: time('password_set_at'),
  /** Until then every session that is opened is marked. Null: nobody else had a hand in how they sign in. */
  handedOverUntil: time('handed_over_until'),
});

export const grants = identity.table('grants', {
  id: uuid('id').primaryKey(),
  actorId: uuid('actor_id').notNull(),
  role: text('role').notNull(),
  /** Neither brand nor department: the whole company. */
  brandId: text('brand_id'),
  departmentId: text('department_id'),
  grantedBy: text('granted_by').notNull(),
  grantedAt: time('granted_at').notNull(),
});

export const sessions = identity.table('sessions', {
  id: uuid('id').primaryKey(),
  tokenHash: text('token_hash').notNull(),
  actorId: uuid('actor_id').notNull(),
  openedBy: text('opened_by', { enum: OPENED_BY }).notNull(),
  /** By a link that somebody else made, or within a day after somebody else had a hand in how its person signs in. */
  handedOver: boolean('handed_over').notNull().default(false),
  /** Two: an authenticator's code besides, or a passkey, whose authenticator has verified its person. */
  proofs: smallint('proofs').$type<1 | 2>().notNull(),
  address: text('address'),
  device: text('device'),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at').notNull(),
  absoluteAt: time('absolute_at').notNull(),
});

export const tokens = identity.table('tokens', {
  id: uuid('id').primaryKey(),
  tokenHash: text('token_hash').notNull(),
  /** The beginning of the token, by which its holder recognises it. */
  prefix: text('prefix').notNull(),
  actorId: uuid('actor_id').notNull(),
  name: text('name').notNull(),
  /** Null: all that its actor may do. */
  scopes: text('scopes').array(),
  createdBy: text('created_by').notNull(),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at').notNull(),
  revokedAt: time('revoked_at'),
});

export const signInLinks = identity.table('sign_in_links', {
  id: uuid('id').primaryKey(),
  tokenHash: text('token_hash').notNull(),
  actorId: uuid('actor_id').notNull(),
  createdBy: text('created_by').notNull(),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at').notNull(),
  usedAt: time('used_at'),
  /** By a link that somebody else made. */
  handedOver: boolean('handed_over').notNull().default(false),
  /** The letter that carries it; null: whoever made it hands it over. */
  letterId: uuid('letter_id'),
});

export const invitations = identity.table('invitations', {
  id: uuid('id').primaryKey(),
  tokenHash: text('token_hash').notNull(),
  name: text('name').notNull(),
  /** In lower case. */
  email: text('email').notNull(),
  /** Null: none. */
  role: text('role'),
  brandId: text('brand_id'),
  departmentId: text('department_id'),
  invitedBy: text('invited_by').notNull(),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at').notNull(),
  acceptedAt: time('accepted_at'),
  revokedAt: time('revoked_at'),
  personId: uuid('person_id'),
});

export const letters = identity.table('letters', {
  id: uuid('id').primaryKey(),
  kind: text('kind', { enum: ['invitation', 'sign-in-link', 'notice'] }).notNull(),
  invitationId: uuid('invitation_id'),
  /** Of a sign-in link; null: nobody has the address that was typed. */
  actorId: uuid('actor_id'),
  account: text('account').notNull(),
  askedFrom: text('asked_from'),
  /** Of a notice. */
  subject: text('subject'),
  body: text('body'),
  /** Of a notice that goes to another than the present address, until it has ended. */
  address: text('address'),
  state: text('state', { enum: ['waiting', 'sent', 'unsent', 'failed'] }).notNull(),
  createdAt: time('created_at').notNull(),
  endedAt: time('ended_at'),
});

export const authenticators = identity.table('authenticators', {
  actorId: uuid('actor_id').primaryKey(),
  enrolment: uuid('enrolment').notNull(),
  createdAt: time('created_at').notNull(),
  /** From then on a sign-in needs a code. */
  confirmedAt: time('confirmed_at'),
  lastStep: bigint('last_step', { mode: 'number' }).notNull().default(0),
});

export const recoveryCodes = identity.table('recovery_codes', {
  id: uuid('id').primaryKey(),
  actorId: uuid('actor_id').notNull(),
  codeHash: text('code_hash').notNull(),
  usedAt: time('used_at'),
});

export const pendingSignIns = identity.table('pending_sign_ins', {
  id: uuid('id').primaryKey(),
  tokenHash: text('token_hash').notNull(),
  actorId: uuid('actor_id').notNull(),
  openedBy: text('opened_by', { enum: OPENED_BY }).notNull(),
  /** By a link that somebody else made. */
  handedOver: boolean('handed_over').notNull().default(false),
  device: text('device'),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at').notNull(),
});

export const linkedIdentities = identity.table('linked_identities', {
  id: uuid('id').primaryKey(),
  actorId: uuid('actor_id').notNull(),
  provider: text('provider').notNull(),
  subject: text('subject').notNull(),
  label: text('label').notNull(),
  /** Of an account in a chat: of the session in which it was linked. */
  proofs: smallint('proofs').$type<1 | 2>(),
  linkedAt: time('linked_at').notNull(),
});

export const accountCodes = identity.table('account_codes', {
  id: uuid('id').primaryKey(),
  codeHash: text('code_hash').notNull(),
  actorId: uuid('actor_id').notNull(),
  channel: text('channel', { enum: CHANNELS }).notNull(),
  proofs: smallint('proofs').notNull().$type<1 | 2>(),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at').notNull(),
});

export const providerSignIns = identity.table('provider_sign_ins', {
  id: uuid('id').primaryKey(),
  stateHash: text('state_hash').notNull(),
  bindingHash: text('binding_hash').notNull(),
  provider: text('provider').notNull(),
  /** Who links an account; null: somebody signs in. */
  actorId: uuid('actor_id'),
  /** A digest; null: this very machine, or nobody knows. */
  askedFrom: text('asked_from'),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at').notNull(),
});

export const walletSignIns = identity.table('wallet_sign_ins', {
  id: uuid('id').primaryKey(),
  nonceHash: text('nonce_hash').notNull(),
  /** With its checksum. */
  address: text('address').notNull(),
  chainId: integer('chain_id').notNull(),
  /** Who links a wallet; null: somebody signs in. */
  actorId: uuid('actor_id'),
  /** A digest; null: this very machine, or nobody knows. */
  askedFrom: text('asked_from'),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at').notNull(),
});

export const passkeys = identity.table('passkeys', {
  id: uuid('id').primaryKey(),
  actorId: uuid('actor_id').notNull(),
  credentialId: text('credential_id').notNull(),
  publicKey: text('public_key').notNull(),
  counter: bigint('counter', { mode: 'number' }).notNull(),
  name: text('name').notNull(),
  addedAt: time('added_at').notNull(),
  usedAt: time('used_at'),
});

export const passkeyChallenges = identity.table('passkey_challenges', {
  id: uuid('id').primaryKey(),
  challengeHash: text('challenge_hash').notNull(),
  /** Who adds a passkey; null: somebody signs in. */
  actorId: uuid('actor_id'),
  /** A digest; null: this very machine, or nobody knows. */
  askedFrom: text('asked_from'),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at').notNull(),
});
