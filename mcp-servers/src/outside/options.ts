// What troupe.config.ts says of an outside server.
import type { Role } from '@troupe-os/core';

/** How it is reached. `$NAME` in a text, in capital letters, is the variable NAME of the environment, which is taken out of it like other secrets. */
export type OutsideTransport =
  | {
      /** Streamable HTTP; https on port 443, or this very machine where TROUPE_EGRESS_LOOPBACK=on. */
      readonly url: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      /** A program that speaks over its standard streams. It is given PATH, HOME and the like, and what `env` names. */
      readonly command: string;
      readonly args?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
    };

/** What a tool does, and who may use it. Unsaid it changes something of consequence, at high risk, and Admins may use it. */
export type ToolRule = {
  /** The verb-noun of the action; default: the tool's name with hyphens. */
  readonly action?: string;
  readonly risk?: 'low' | 'medium' | 'high';
  /** The lowest roles that hold its permission `<id>.<action>.use` from the beginning; default: admin. */
  readonly roles?: readonly Exclude<Role, 'guest'>[];
} & (
  | {
      /** It changes nothing there, and whatever its input holds may be told to that server. */
      readonly effect: 'read';
    }
  | {
      readonly effect?: 'write';
      readonly consequential?: boolean;
      /** Done twice it is done once, so that it is sent again where nobody knows whether it has arrived; default: false. */
      readonly isRepeatable?: boolean;
    }
);

export interface OutsideServerOptions<Id extends string = string> {
  /** The id of the plugin that it becomes: lower-case letters and digits. */
  readonly id: Id;
  /** `import.meta.url` of troupe.config.ts: beside it lies outside-tools.lock.json. */
  readonly from: string;
  readonly transport: OutsideTransport;
  /** By the tool's name at the server. */
  readonly tools?: Readonly<Record<string, ToolRule>>;
  /** How long one request to it may take; default 20 s, at most 120 s. */
  readonly timeoutMs?: number;
  /** For tests of how long it is left alone. */
  now?(): number;
}

const TIMEOUT_MS = 20_000;
const MOST_TIMEOUT_MS = 120_000;

export const timeoutOf = ({ timeoutMs = TIMEOUT_MS }: Pick<OutsideServerOptions, 'timeoutMs'>): number =>
  Math.min(timeoutMs, MOST_TIMEOUT_MS);

export const ruleOf = (tools: Readonly<Record<string, ToolRule>>, name: string): ToolRule =>
  Object.hasOwn(tools, name) ? (tools[name] ?? {}) : {};

/** Opens the house to its own machine: for development and tests, as for documents. */
export const LOOPBACK = 'TROUPE_EGRESS_LOOPBACK';

export type Said = Readonly<Record<string, string | undefined>>;

const VARIABLE = /\$([A-Z][A-Z0-9_]*)/g;

/** The variables that a transport names. */
export function variablesOf(transport: OutsideTransport): string[] {
  const texts =
    'url' in transport
      ? [transport.url, ...Object.values(transport.headers ?? {})]
      : [...(transport.args ?? []), ...Object.values(transport.env ?? {})];
  return [...new Set(texts.flatMap((text) => [...text.matchAll(VARIABLE)].map(([, name]) => name as string)))];
}

/** A text with the variables that it names. */
export const fillIn = (text: string, said: Said): string => text.replaceAll(VARIABLE, (_, name: string) => said[name] ?? '');
