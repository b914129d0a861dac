// A call that waits for a person's yes: the client is given the link at which it is decided, and whoever comes back gets the answer.
// No word of a client is a yes: whatever speaks for the person could have been talked into it.
import {
  type CallToolResult,
  type InputRequiredResult,
  inputRequired,
  UrlElicitationRequiredError,
} from '@modelcontextprotocol/server';
import { coreErrors, TroupeError } from '@troupe-os/core';
import type { Asking } from './asking.ts';
import type { ClientAbilities } from './session.ts';

/** Clients give up after a minute. */
const WAITS_MS = 45_000;

export interface Patience {
  readonly era: 'legacy' | 'modern';
  readonly client: ClientAbilities;
  /** What the client answers to what it was asked for before, by the id of the approval. Untrusted. */
  readonly answers: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** Sends the client to where it is decided, or waits there with it. Errors: what was thrown; for clients of the older era, the link as an error of the protocol. */
export async function whenDecided(
  { host }: Asking,
  thrown: unknown,
  run: () => Promise<CallToolResult>,
  { era, client, answers, signal }: Patience,
): Promise<CallToolResult | InputRequiredResult> {
  if (!(thrown instanceof TroupeError) || thrown.code !== coreErrors.approval_needed.code || !client.opensLinks) throw thrown;
  const { approvalId, url, reason } = thrown.details as { approvalId: string; url: string; reason: string };
  const message = `${thrown.message} Why: ${reason}.`;
  if (era === 'legacy')
    throw new UrlElicitationRequiredError([{ mode: 'url', elicitationId: approvalId, url, message }], message);
  const answer = answers[approvalId] as { action?: unknown } | undefined;
  if (answer === undefined) return inputRequired({ inputRequests: { [approvalId]: inputRequired.elicitUrl({ message, url }) } });
  if (answer.action !== 'accept') throw thrown;
  await host.kernel.approvalSettled(approvalId, { atMostMs: WAITS_MS, signal });
  return run();
}
