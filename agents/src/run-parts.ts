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
  /** The message that the answer is written into. */
  | { readonly type: 'started'; readonly messageId: string }
  | { readonly type: 'text'; readonly text: string }
  /** What follows is another paragraph: the model has used tools in between. */
  | { readonly type: 'text-ended' }
  | { readonly type: 'tool-started'; readonly call: ToolCall }
  | {
      readonly type: 'tool-finished';
      readonly call: ToolCall;
      readonly callId?: string;
      readonly output?: unknown;
      readonly error?: TroupeError;
    };

/** What came of a tool: for the model, and for the conversation where it was an action. */
export interface ToolOutcome {
  readonly told: unknown;
  readonly action?: {
    readonly call: ToolCall;
    readonly callId?: string;
    readonly output?: unknown;
    readonly error?: TroupeError;
    /** The output may hold text from outside. */
    readonly taints: boolean;
  };
}

/** What the tools of a run share. */
export interface Run {
  readonly kernel: Kernel;
  readonly caller: Caller;
  readonly requestId: string;
  readonly trace: string;
  readonly signal: AbortSignal;
  readonly runId: string;
  /** The task at which it works: what one attempt has done is done for the next one too. */
  readonly taskId?: string;
  /** What agent and person both may do, by name. */
  readonly open: ReadonlyMap<string, RegisteredAction>;
  onEvent(event: RunEvent): void;
  tainted(): boolean;
  taint(): void;
}
