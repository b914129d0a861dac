import type { ActorKind, Db } from '../context.ts';

/** A role held on the company, on one brand or on one department. */
export interface Grant {
  /** One of `ROLES`, `auditor`, or the name of a role of the company's own, which brings its `permissions`. */
  readonly role: string;
  /** Instead of those that the plugins declare for the role. */
  readonly permissions?: readonly string[];
  /** Neither brand nor department: the whole company. */
  readonly brandId?: string;
  /** Gives standing there, which policies ask for (`holdsRole`), and no permission: no record belongs to a department. */
  readonly departmentId?: string;
}

/** Somebody who proved who they are. */
export interface Principal {
  readonly id: string;
  readonly kind: ActorKind;
  readonly name: string;
  /** Permissions that a token is cut down to: by name, a plugin's as `ledger.*`, all as `*`; these two leave out what those in charge do themselves. Undefined: it is no token. */
  readonly scopes?: readonly string[];
  /** The one address that the credential is good for; undefined: any of this house. */
  readonly audience?: string;
  /** How many proofs a session was opened with; undefined: it is no session, and is not asked. */
  readonly proofs?: 1 | 2;
  /** Somebody else made the link that opened the session, or had a hand in how its person signs in: it may be them who sits there. */
  readonly handedOver?: true;
  /** What proved it, for the record: a session or token id, never the secret. */
  readonly credential: string;
}

/** Chats whose accounts can speak for people. */
export const CHANNELS = ['telegram', 'discord'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What somebody presents. An account in a chat proves who it is to its channel, which vouches for it: `subject` is its id there. */
export type Credential =
  | { readonly type: 'token' | 'session'; readonly secret: string }
  | { readonly type: 'account'; readonly channel: string; readonly subject: string };

/** An actor, and what it may do. */
export interface Standing {
  readonly name: string;
  readonly kind: ActorKind;
  readonly grants: readonly Grant[];
  /** The names of the actions that an agent is kept to, of those that its grants open; undefined: all of them. */
  readonly actions?: readonly string[];
  /** Who has it in their hands: who made the token that it works by, who made that one's, and so on. */
  readonly hands?: readonly string[];
}

/** How the kernel asks who somebody is. All of it reads only. */
export interface Directory {
  /** Undefined: the credential is wrong or has expired. */
  authenticate(db: Db, credential: Credential, now: Date): Promise<Principal | undefined>;
  /** What an actor may do now. Undefined: there is no such actor, or no longer. */
  grantsOf(db: Db, actorId: string): Promise<Standing | undefined>;
  /** Whether what proved an earlier call was taken back or has expired since, as a token does: a session that has ended was not. */
  isRevoked(db: Db, credential: string, now: Date): Promise<boolean>;
  hasBrand(db: Db, brandId: string): Promise<boolean>;
}
