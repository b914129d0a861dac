// What runs through the pipeline: actions, and by the same frame deliveries of events, steps of jobs and seeds.
import type { z } from 'zod';
import type { Context, Tools } from '../context.ts';
import type { Tx } from '../db/database.ts';
import type { AnyAction, Risk } from '../define/action.ts';
import type { Plugin } from '../define/plugin.ts';
import type { PolicyQuestion } from '../define/policy.ts';
import { type CallFacts, onBehalfOf } from './audit.ts';
import type { Authority } from './authorize.ts';
import type { Call } from './call.ts';
import type { RegisteredAction } from './registry.ts';

export interface Work {
  readonly kind: CallFacts['kind'];
  /** What led here: the surface, the event, the job. */
  readonly cause: string;
  readonly name: string;
  readonly plugin: Plugin;
  readonly effect: 'read' | 'write';
  readonly consequential: boolean;
  readonly risk: Risk;
  /** Undefined: it runs in its plugin's own name. */
  readonly permission?: string;
  /** The name of the action, or of the one that asked for it. */
  readonly action?: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly secretInput: boolean;
  readonly secretOutput: boolean;
  readonly untrustedInput?: true | readonly string[];
  readonly untrustedOutput: boolean;
  readonly timeoutMs: number;
  readonly resource?: AnyAction['resource'];
  /** First in the transaction: false when somebody else has done this work already. */
  claim?(tx: Tx): Promise<boolean>;
  prepare?(tools: Tools, input: never): Promise<unknown>;
  handler(ctx: Context, input: never, prepared: never): Promise<unknown>;
}

/** What the record says of a piece of work. */
export type Described = Pick<Work, 'kind' | 'cause' | 'name' | 'effect'> & { readonly plugin: Pick<Plugin, 'id' | 'version'> };

const DEFAULT_TIMEOUT_MS = 30_000;

export function actionWork({ action, plugin, secretInput, secretOutput }: RegisteredAction, surface: string): Work {
  return {
    kind: 'action',
    cause: surface,
    name: action.name,
    plugin,
    effect: action.effect,
    consequential: action.consequential ?? false,
    risk: action.risk,
    permission: action.permission,
    action: action.name,
    input: action.input,
    output: action.output,
    secretInput,
    secretOutput,
    untrustedOutput: action.untrustedOutput ?? false,
    timeoutMs: action.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    ...(action.untrustedInput ? { untrustedInput: action.untrustedInput } : {}),
    ...(action.resource ? { resource: action.resource } : {}),
    ...(action.prepare ? { prepare: action.prepare } : {}),
    handler: action.handler,
  };
}

type PluginWork = Omit<
  Work,
  'effect' | 'consequential' | 'risk' | 'secretInput' | 'secretOutput' | 'untrustedOutput' | 'resource'
>;

/** What the kernel does for a plugin: a write that nobody asked for by name. */
export function pluginWork(work: PluginWork): Work {
  return {
    effect: 'write',
    consequential: false,
    risk: 'low',
    secretInput: false,
    secretOutput: false,
    untrustedOutput: false,
    ...work,
  };
}

/** A denied name is recorded as `unknown` where there is no such action: names that strangers make up are not kept. */
export function gateWork(registered: RegisteredAction | undefined, surface: string): Described {
  return {
    kind: 'action',
    cause: surface,
    name: registered?.action.name ?? 'unknown',
    effect: registered?.action.effect ?? 'read',
    plugin: registered?.plugin ?? { id: 'core', version: '0' },
  };
}

/** What policies are asked before the transaction. */
export function questionOf(
  { name, effect, consequential, risk, permission }: Work,
  call: Call,
  { actor }: Authority,
  input: unknown,
): PolicyQuestion {
  const action = { name, effect, consequential, risk, permission: permission ?? '' };
  return { actor, onBehalfOf: onBehalfOf(call), action, input, record: undefined, tainted: call.caller.tainted };
}
