import type { Call, Caller, SurfaceHost } from '@troupe-os/core/surface';

/** One request to one address: who asks, and what its calls carry. */
export interface Asking {
  readonly host: SurfaceHost;
  readonly caller: Caller;
  readonly requestId: string;
  /** W3C traceparent of the HTTP request or, if it names one, of the message. */
  readonly trace: string | undefined;
  /** The id of the plugin at whose address was asked; undefined at `/mcp`. */
  readonly plugin: string | undefined;
  /** Is told how far a slow call is. */
  readonly progress?: Call['progress'];
}
