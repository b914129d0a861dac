import type { Actor, Context, Db } from '../context.ts';
import type { Call } from '../kernel/call.ts';
import type { PolicyQuestion } from './policy.ts';

/** What a call did, measured in its transaction. Nothing in it is generated: the same call measures the same. */
export interface MeasuredEffect {
  readonly rows: readonly { readonly table: string; readonly operation: string; readonly count: number }[];
  /** By account and unit, in minor units, debit positive. An account that the call itself opened is `new` and which of its new rows it is. */
  readonly sums: readonly { readonly account: string; readonly unit: string; readonly amount: string }[];
  readonly counterparties: readonly string[];
}

/** What is switched off: ids of actors and of plugins, names of actions. */
export interface Stopped {
  readonly actors: ReadonlySet<string>;
  readonly plugins: ReadonlySet<string>;
  readonly actions: ReadonlySet<string>;
}

/** Somebody about whom rules are asked. An agent and the person it acts for are asked about one by one, and both must be allowed. */
export type Party = Pick<Actor, 'id' | 'kind' | 'roles'>;

/** Rules as data. They only narrow what roles give, for everybody but the operator of the machine and plugins in their own name. */
export interface Rules {
  /** The permissions that some rule is about. */
  readonly permissions: ReadonlySet<string>;
  /** The name of the rule that takes a permission from somebody, whatever they would do with it; undefined: they keep it. */
  takes(permission: string, party: Party): string | undefined;
  /** What the rules about one action say of a call, and the name of the rule that says so. */
  decide(party: Party, question: PolicyQuestion): { readonly decision: 'allow' | 'approve' | 'deny'; readonly rule?: string };
}

/** Whose yes a call needs. 1: the person for whom the agent acts. 2: another person. 3: two others, freshly signed in. */
export type Tier = 1 | 2 | 3;

export interface Need {
  readonly tier: Tier;
  /** In words. */
  readonly reason: string;
}

/** What limits and tiers are decided on. */
export interface WeighedCall {
  readonly actor: Actor;
  readonly onBehalfOf: Context['onBehalfOf'];
  /** The ids of the agents through whose hands the work came to the actor. */
  readonly through: readonly string[];
  readonly action: string;
  /** What proved who the actor is. */
  readonly credential: string;
  /** Whether visitors may call it: what customers buy for themselves is no spending of the company. */
  readonly openToGuests: boolean;
  readonly effect: MeasuredEffect;
  readonly now: Date;
  /** Who have the actor, or the person for whom it acts, in their hands: their yes is no other's. */
  readonly hands: readonly string[];
  /** Whether a person may say yes to this call now, who said it in advance. */
  mayApprove(personId: string): Promise<boolean>;
}

/** In the call's transaction: reserves its limits, and answers what it needs. Errors: the governor's own, where a limit is reached. */
export type Weigh = (db: Db, call: WeighedCall) => Promise<readonly Need[]>;

/** A call that was rolled back to wait for a yes, with all that it takes to make it again. */
export interface ParkedCall {
  readonly callId: string;
  readonly call: Call;
  readonly permission: string;
  readonly pluginVersion: string;
  /** Canonical JSON of the input in wire form. */
  readonly input: string;
  readonly inputDigest: string;
  readonly effect: MeasuredEffect;
  /** Keyed, of the effect and of the record that the call is about, as it stood before. */
  readonly effectDigest: string;
  /** Canonical JSON of the captured changes. */
  readonly changes: string;
  readonly needs: readonly Need[];
  /** The approval that this call had, and that its effect has outgrown. */
  readonly replaces?: string;
}

/** An approval that its call has just used up. */
export interface ClaimedApproval {
  readonly tier: Tier;
  readonly pluginVersion: string;
  readonly inputDigest: string;
  readonly effectDigest: string;
  /** Ids of the people who said yes. */
  readonly approvers: readonly string[];
}

/** How the kernel asks what is switched off, allowed without asking, and approved. One plugin of an installation declares it. */
export interface Governor {
  /** What an approver must hold, beside the permission of the action itself. */
  readonly permission: string;
  /** Tables (`schema.table`) in which it keeps its own books of a call: they are no part of the call's effect. */
  readonly books: readonly string[];
  /** Asked again whenever the version of rights has changed. */
  stopped(db: Db): Promise<Stopped>;
  /** Asked again as `stopped` is. */
  rules(db: Db): Promise<Rules>;
  /** How calls are weighed. Asked again as `stopped` is, so that what it goes by is not read for each call. */
  weigher(db: Db): Promise<Weigh>;
  /** In a transaction of its own: stores the call, or finds it waiting already. `path`: where on the web people decide it. */
  park(
    db: Db,
    parked: ParkedCall,
    now: Date,
  ): Promise<{ readonly approvalId: string; readonly tier: Tier; readonly expiresAt: Date; readonly path: string }>;
  /** Whether something may still become of it: somebody decides it yet, or it waits to be made. */
  isOpen(db: Db, approvalId: string): Promise<boolean>;
  /** In the call's transaction: uses the approval up. Undefined: it is not approved, has expired or was used. */
  claim(db: Db, approvalId: string, callId: string, now: Date): Promise<ClaimedApproval | undefined>;
}
