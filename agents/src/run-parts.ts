// What a run tells while it goes on, and what its tools share.
import type { TroupeError } from '@troupe-os/core';
import type { Caller, Kernel, RegisteredAction } from '@troupe-os/core/surface';

export interface ToolCall {
  readonly toolCallId: string;
  readonly tool: string;
  readonly action: string;
  /** In wire form. It holds no secret: actions that take one are not offered. */
  readonly input: unknown;
}

export type RunEvent =
  | { readonly type: 'text'; readonly text: string }
  /** What follows is another paragraph: the model has used tools in between. */
  | { readonly type: 'text-ended' }
  | { readonly type: 'tool-started'; readonly call: ToolCall }
  /** `taints`: the output may hold text from outside. The model learns the output once this event has been taken. */
  | {
      readonly type: 'tool-finished';
      readonly call: ToolCall;
      readonly callId?: string;
      readonly output?: unknown;
      readonly error?: TroupeError;
      readonly taints: boolean;
    };

/** What the tools of a run share. */
export interface Run {
  readonly kernel: Kernel;
  readonly caller: Caller;
  readonly requestId: string;
  readonly trace: string;
  readonly signal: AbortSignal;
  readonly runId: string;
  /** What agent and person both may do, by name. */
  readonly open: ReadonlyMap<string, RegisteredAction>;
  onEvent(event: RunEvent): void | Promise<void>;
  tainted(): boolean;
  taint(): void;
}
