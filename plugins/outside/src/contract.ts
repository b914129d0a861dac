// What the plugins of outside servers know of how their calls are kept: the port, the form of an outcome, and the errors.
import { defineErrors, definePort, moment } from '@troupe-os/core/contract';
import { z } from 'zod';

/**
 * `waiting` until a worker takes it, `sending` from just before it leaves the house. `done` and `refused`: the server answered, and did or
 * refused it. `failed`: it was surely not sent. `unknown`: it was sent and nobody knows what became of it.
 */
export const CALL_STATES = ['waiting', 'sending', 'done', 'refused', 'failed', 'unknown'] as const;
export type CallState = (typeof CALL_STATES)[number];

/** The longest answer that is kept, in characters. */
export const MOST_ANSWER = 50_000;

/** What an outside server answered, as text. */
export interface OutsideAnswer {
  readonly state: 'done' | 'refused';
  readonly text: string;
  /** It was longer than `MOST_ANSWER`. */
  readonly isCut: boolean;
}

/** Why there is no answer. */
export interface OutsideFailure {
  readonly state: 'failed' | 'unknown';
  readonly error: { readonly code: string; readonly message: string };
}

/** What every write of an outside server answers, and `outside.get-call` about it. */
export const callOutcome = z.strictObject({
  callId: z.uuid().describe('The call in the record. outside.get-call tells later what became of it.'),
  action: z.string(),
  state: z
    .enum(CALL_STATES)
    .describe(
      'done, refused (by the server), failed (not sent), unknown (sent, and nobody knows), or not over: waiting, sending.',
    ),
  text: z.string().optional().describe('What the server answered: words from outside.'),
  isCut: z.boolean().optional().describe('The answer was longer than what is kept of it.'),
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
  createdAt: moment,
  endedAt: moment.optional(),
});

export interface OutsidePort {
  /** Keeps the call that is being made, before it is sent. Answers its outcome so far. */
  keep(call: { readonly action: string }): Promise<z.output<typeof callOutcome>>;
  /** From here on it may have left the house. Errors: outside.not_waiting. */
  begin(callId: string): Promise<void>;
  /** What became of it. What is over stays as it is, but for an answer that comes after all where nobody knew. */
  end(callId: string, result: OutsideAnswer | OutsideFailure): Promise<void>;
  /** Nothing more will be done for it: it failed where it was not sent, and else nobody knows. */
  giveUp(callId: string, error: OutsideFailure['error']): Promise<void>;
}

export const outsidePort = definePort<OutsidePort>('outside', ['keep', 'begin', 'end', 'giveUp']);

export const outsideErrors = defineErrors('outside', {
  tool_changed: {
    kind: 'conflict',
    message:
      'The server defines this tool otherwise than was confirmed, so it is not used. Whoever runs the house looks at the difference and confirms it: npx troupe mcp-servers pin.',
  },
  tool_gone: { kind: 'conflict', message: 'The server does not offer this tool any more. See npx troupe mcp-servers.' },
  unreachable: { kind: 'unavailable', message: 'The outside server does not answer as it should. Try again later.' },
  resting: {
    kind: 'unavailable',
    message: 'The outside server failed several times in a row and is left alone for a while. Try again later.',
  },
  busy: {
    kind: 'unavailable',
    message: 'The outside server works on several calls already, so this one was not sent. Try again when they are over.',
  },
  not_configured: {
    kind: 'unavailable',
    message: 'The environment does not say what the outside server needs. npx troupe mcp-servers names the variable.',
  },
  input_too_large: { kind: 'invalid', message: 'This input is larger than what is sent to an outside server.' },
  asks_back: {
    kind: 'unavailable',
    message: 'The outside server wants to ask a person something in the middle of the call. That is not offered here.',
  },
  outcome_unknown: {
    kind: 'unavailable',
    message:
      'This was sent, and nobody knows whether the server has done it. It is not sent again by itself: look there first, then call again if it has to be.',
  },
  not_waiting: { kind: 'conflict', message: 'This call has begun already, or is over.' },
  unknown_call: { kind: 'missing', message: 'There is no such call of an outside server.' },
  others_hidden: { kind: 'scope', message: 'You may see your own calls only.' },
});
