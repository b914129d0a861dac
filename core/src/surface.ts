// What a surface is given: the kernel through its public calls, and nothing of the database.
import type { Command } from './define/command.ts';
import type { App } from './http/app.ts';
import type { Kernel } from './kernel/kernel.ts';
import type { Settings } from './settings.ts';

/** What a handler returns that has written to the socket itself. */
export { RESPONSE_ALREADY_SENT as ALREADY_ANSWERED } from '@hono/node-server/utils/response';
export type { Command, Door, Installed } from './define/command.ts';
export { createEgress, type Egress, type EgressOptions } from './egress/egress.ts';
export { createEgressFetch } from './egress/egress-fetch.ts';
export { errorBody } from './errors.ts';
export type { App, AppVariables, HttpEnv } from './http/app.ts';
export { isSameText } from './http/authenticate.ts';
export { hostsOf } from './http/hosts.ts';
export { parseJson, readJson, readText } from './http/read-json.ts';
export { isHttps } from './http/safe-headers.ts';
export { isOwnPage } from './http/same-origin.ts';
export type { ArtefactCap, Artefacts } from './kernel/artefacts.ts';
export { type Answer, type Call, type Caller, guest, type PreviewedChange, type Progress, service } from './kernel/call.ts';
export { canonicalJson } from './kernel/canonical.ts';
export { invalidInput } from './kernel/invalid-input.ts';
export type { Kernel } from './kernel/kernel.ts';
export { callerOfMandate, delegatedTo, mandateOf } from './kernel/mandate.ts';
export type { RegisteredAction } from './kernel/registry.ts';
export { redact, wireFault } from './kernel/schema-rules.ts';
export { describeForLog, translate } from './kernel/translate.ts';
export { candidatesOf, nearest, similar } from './nearest.ts';
export { formatTraceParent, newSpanId, newTraceId, parseTraceParent } from './observe/traceparent.ts';
export { CALL_PROPERTIES, readArguments, splitArguments, toolName, toolSchema } from './tool.ts';
export { isDownload, wireSchema } from './wire.ts';

export interface SurfaceHost {
  readonly kernel: Kernel;
  /** The whole app, for calls in process: no socket, same authentication, limits and errors as outsiders get. */
  fetch(request: Request, env?: object): Promise<Response>;
  /** Where people reach this installation, without a trailing slash. */
  readonly publicUrl: string;
  /** Where this very process listens. */
  readonly localUrl: string;
  readonly settings: Settings;
}

/** A way to reach the kernel. `routes` are mounted on the server's app, `commands` on the command line. */
export interface Surface {
  readonly name: string;
  routes?(app: App, host: SurfaceHost): void | Promise<void>;
  /** What a 401 at this path says beside `Bearer`, e.g. where to get a token for it; undefined: it is not this surface's path. */
  challenge?(path: string, host: SurfaceHost): string | undefined;
  readonly commands?: readonly Command[];
  /** Secret variables of the environment that it has read when it was made: they are taken out of it. */
  readonly secrets?: readonly string[];
  stop?(): Promise<void>;
}

/** `Surface.challenge` of several: the first that has something to say. */
export function challengeOf(surfaces: readonly Surface[], host: SurfaceHost): (path: string) => string | undefined {
  return (path) => surfaces.map((surface) => surface.challenge?.(path, host)).find((said) => said !== undefined);
}

/** Declares a surface. */
export function defineSurface(surface: Surface): Surface {
  return Object.freeze(surface);
}
