// What a surface hands in, and what it gets back.
import type { Principal } from '../define/directory.ts';
import type { Need } from '../define/governor.ts';

/** Who asks, as the surface found out. The kernel computes the rights. */
export interface Caller {
  /** Who acts: a person, an agent, a service, a guest or the local operator. */
  readonly principal: Principal;
  /** The person for whom an agent acts. */
  readonly onBehalfOf?: Principal;
  /** Agents through whose hands the work came to this one, the first one first: it has no right that one of them has not. */
  readonly through?: readonly Principal[];
  readonly address?: string;
  /** Text from outside was read on the way here: consequential actions then need approval. */
  readonly tainted: boolean;
}

/** How far slow work is: so much of so much; `total` where it is known. */
export interface Progress {
  readonly done: number;
  readonly total?: number;
}

export interface Call {
  readonly action: string;
  /** In wire form. */
  readonly input: unknown;
  readonly caller: Caller;
  /** The surface: `rest`, `mcp`, `cli`, `chat`, `web`. */
  readonly surface: string;
  readonly requestId: string;
  /** W3C traceparent of what led here; without one a trace begins. */
  readonly trace?: string;
  /** The same key and input by the same actor is done once, and answered again. */
  readonly idempotencyKey?: string;
  /** After so many seconds the key counts as never used; default: never, as long as it is kept. */
  readonly keyLastsSeconds?: number;
  readonly dryRun?: boolean;
  /** The answer goes where a model reads it: it says whether it `taints`. Answers to agents always do. */
  readonly forModel?: boolean;
  /** The approval under which a stored call is made again. */
  readonly approvalId?: string;
  /** Is told how far `prepare` is, where somebody wants to know. */
  progress?(step: Progress): void;
  /** Of a step of a job: what the action that enqueued it needed, and its caller must hold still; and its name. */
  readonly permission?: string;
  readonly enqueuedBy?: string;
}

/** All whose rights a caller's are cut down to. */
export const partiesOf = ({ principal, through = [], onBehalfOf }: Omit<Caller, 'tainted'>): readonly Principal[] => [
  principal,
  ...through,
  ...(onBehalfOf ? [onBehalfOf] : []),
];

export interface PreviewedChange {
  readonly table: string;
  readonly operation: 'insert' | 'update' | 'delete';
  readonly before?: Readonly<Record<string, string | null>>;
  readonly after?: Readonly<Record<string, string | null>>;
}

export interface Answer {
  readonly callId: string;
  /** In wire form. */
  readonly output: unknown;
  /** This is the first answer again; nothing was done now. */
  readonly replayed: boolean;
  /** Whoever reads it is tainted: it may hold words from outside. */
  readonly taints?: boolean;
  /** Of a dry run: what would have changed, as far as this caller may read it. */
  readonly changes?: readonly PreviewedChange[];
  /** Of a dry run: whose yes the call would need. */
  readonly needs?: readonly Need[];
}

/** Nobody in particular. */
export const guest: Principal = Object.freeze({ id: 'guest', kind: 'guest', name: 'Guest', credential: 'none' });

/** A plugin that acts in its own name: subscriptions, scheduled jobs, seeds. */
export function service(pluginId: string): Principal {
  return { id: `service:${pluginId}`, kind: 'service', name: pluginId, credential: 'none' };
}
