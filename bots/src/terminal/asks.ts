// What waits for a yes, told in the terminal: when it is asked for, and what became of it. It is answered where somebody is signed in: a token is a program.
import type { Door } from '@troupe-os/core/surface';
import { type Approval, endOf, headOf, isOver, pageOf, sentencesOf, untilOf } from '../approvals.ts';
import { fetchJson } from './ask.ts';

const LOOK_MS = 3_000;

export interface Asks {
  /** Lines that tell of it; it is looked at from now on. */
  show(approvalId: string): Promise<string[]>;
  stop(): void;
}

/** `told`: what became of one of them. */
export function watchAsks(door: Door, told: (line: string) => void): Asks {
  const open = new Map<string, string>();
  const read = (approvalId: string) =>
    fetchJson<Approval>(door, '/api/governance/get-approval', { method: 'POST', body: JSON.stringify({ approvalId }) });
  let isLooking = false;

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      for (const [approvalId, state] of open) {
        const now = await read(approvalId).catch(() => undefined); // the server is away for a moment: it is looked at again
        if (!now || now.state === state) continue;
        told(`${now.action}: ${endOf(now.state)}${now.error ? ` (${now.error})` : ''}.`);
        if (isOver(now.state)) open.delete(approvalId);
        else open.set(approvalId, now.state);
      }
    } finally {
      isLooking = false;
    }
  }

  const timer = setInterval(() => void look(), LOOK_MS);
  return {
    async show(approvalId) {
      const approval = await read(approvalId);
      open.set(approvalId, approval.state);
      return [
        `${headOf(approval)}: ${approval.action}`,
        ...sentencesOf(approval),
        untilOf(approval),
        `It is answered ${door.url ? `at ${pageOf(door.url, approvalId)}` : 'on the web'}, or in a chat that is linked.`,
      ];
    },
    stop: () => clearInterval(timer),
  };
}
