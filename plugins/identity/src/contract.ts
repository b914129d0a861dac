// What other plugins may know of people and brands.
import { defineEvent, definePort } from '@troupe-os/core/contract';
import { z } from 'zod';

/** Somebody active, with the roles that they hold. */
export interface Holder {
  readonly id: string;
  readonly name: string;
  readonly kind: 'user' | 'agent';
  readonly roles: readonly {
    readonly role: string;
    readonly permissions?: readonly string[];
    readonly brandId?: string;
    readonly departmentId?: string;
  }[];
}

/** What somebody active may act by: a role, a token that works, or an app that they allowed. */
export interface Access {
  readonly kind: 'role' | 'token' | 'app';
  /** Of the grant of the role, of the token, or of the yes to the app. */
  readonly id: string;
  readonly actorId: string;
  /** The role; the beginning of the token; the name of the app and whose word it is. */
  readonly what: string;
  /** Of a role; neither: the whole company. */
  readonly brandId?: string;
  readonly departmentId?: string;
  /** Of a token and an app; absent: all that its actor may do. */
  readonly scopes?: readonly string[];
  readonly grantedBy: string;
  readonly since: Date;
  readonly until?: Date;
  /** Who made the tokens that its actor works by, who made theirs, and so on: they hold it in their hands. */
  readonly hands: readonly string[];
}

export type GrantedRole = 'owner' | 'admin' | 'editor' | 'viewer' | 'guest';

export interface AgentRights {
  readonly roles: Holder['roles'];
  /** The names of the actions that it is kept to, of those that its roles open; undefined: all of them. */
  readonly actions?: readonly string[];
}

export interface IdentityPort {
  /**
   * Makes an agent that acts with these roles; without brand or department a role reaches the whole company. With `actions` it is kept
   * to these, of those that the roles open.
   * The person who calls must hold what they give. Errors: identity.beyond_own_rights, identity.agent_owner, identity.unknown_brand,
   * identity.unknown_department, identity.department_archived, identity.two_places.
   */
  createActor(agent: {
    kind: 'agent';
    name: string;
    roles: readonly { role: GrantedRole; brandId?: string; departmentId?: string }[];
    actions?: readonly string[];
  }): Promise<{ actorId: string }>;
  /** With what rights an agent acts. Undefined: there is no such agent, or no longer. */
  agent(actorId: string): Promise<AgentRights | undefined>;
  /**
   * From now on an agent is kept to these actions; null: to none. Whoever calls could give it every role that it holds.
   * Errors: identity.unknown_person, identity.beyond_own_rights.
   */
  keepAgentTo(actorId: string, actions: readonly string[] | null): Promise<void>;
  brandExists(brandId: string): Promise<boolean>;
  /** Those of these actors who are active; ids of no actor are left out. */
  rolesOf(actorIds: readonly string[]): Promise<Pick<Holder, 'id' | 'roles'>[]>;
  /** Departments that are not archived. */
  openDepartments(): Promise<{ readonly departmentId: string; readonly name: string }[]>;
  /** Everybody active. */
  holders(): Promise<Holder[]>;
  /**
   * Who stands behind a role that somebody was given since then: its giver, whoever gave that one a role since then or made the token by which
   * that one works, and so on. Not by whose tokens somebody works who was given no role.
   */
  appointers(actorId: string, since: Date): Promise<string[]>;
  /** These actors, whoever works by tokens that they made, by tokens of these, and so on, though the tokens should work no more. Ids of no actor are left out. */
  held(actorIds: readonly string[]): Promise<string[]>;
  /** Open invitations of an actor, and of the actors that it made by its tokens, and so on, are void. */
  endInvitations(actorId: string): Promise<void>;
  /** Sends a letter to every Owner of the company who signs in. Answers to how many. Lines of `subject` and paragraphs of `text` are plain. */
  tellOwners(letter: { readonly subject: string; readonly text: string }): Promise<number>;
  /** When the session behind a credential was opened; undefined for a token, and for a session that has ended. */
  signedInAt(credential: string): Promise<Date | undefined>;
  /** A person, active or not, by id or by e-mail address. */
  findPerson(who: { personId: string } | { email: string }): Promise<Person | undefined>;
  /**
   * Takes all access from a person for good: what proves who they are, and invitations to their address. Whoever calls must be
   * somebody who may manage them. Errors: identity.beyond_own_rights, identity.last_owner.
   */
  endAccess(person: Person): Promise<void>;
  /** Who holds what, in the order of ids; with `only`, that one, if it is held still. */
  access(only?: Pick<Access, 'kind' | 'id'>): Promise<Access[]>;
  /**
   * Takes a role, a token or an app away. Whoever calls must be somebody who could take it by identity's own actions.
   * Errors: identity.beyond_own_rights, identity.last_owner, identity.unknown_grant, identity.unknown_token, identity.unknown_app.
   */
  takeAccess(access: Pick<Access, 'kind' | 'id'>): Promise<void>;
}

export interface Person {
  readonly personId: string;
  /** In lower case. */
  readonly email: string;
}

export const identityPort = definePort<IdentityPort>('identity', [
  'createActor',
  'agent',
  'keepAgentTo',
  'brandExists',
  'signedInAt',
  'holders',
  'rolesOf',
  'openDepartments',
  'appointers',
  'held',
  'endInvitations',
  'findPerson',
  'endAccess',
  'access',
  'takeAccess',
  'tellOwners',
]);

/**
 * Somebody has signed in. Its subject is the person. Where from is told by keyed digests alone: of the network (IPv4 /24, IPv6 /48) and of
 * what the browser or program calls itself; each is missing where nobody knows it.
 */
export const signedIn = defineEvent({
  name: 'identity.signed-in',
  subject: ({ personId }) => personId,
  schema: z.strictObject({
    personId: z.uuid(),
    sessionId: z.uuid(),
    network: z.string().optional(),
    device: z.string().optional(),
  }),
});
