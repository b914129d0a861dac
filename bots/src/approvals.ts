// What waits for a yes, in words.
import { formatMoney } from './money.ts';

export interface Approval {
  readonly approvalId: string;
  readonly state: string;
  readonly tier: number;
  readonly reasons: readonly string[];
  readonly action: string;
  readonly moves: readonly { readonly unit: string; readonly amount: string }[];
  readonly expiresAt: string;
  readonly error?: string;
  readonly input: unknown;
  readonly changes: readonly unknown[];
  readonly hiddenChanges: number;
  readonly mayVote: boolean;
  readonly mayCancel: boolean;
}

const ENDS: Readonly<Record<string, string>> = {
  approved: 'Approved, and being done',
  executed: 'Approved, and done',
  failed: 'Approved, but it could not be done',
  rejected: 'Declined',
  cancelled: 'Taken back',
  expired: 'Nobody answered in time',
  replaced: 'Asked for anew, as what it does has changed',
};

/** What became of it. */
export const endOf = (state: string): string => ENDS[state] ?? state;

/** Whether nothing more becomes of it. */
export const isOver = (state: string): boolean => state !== 'pending' && state !== 'approved';

export const headOf = ({ mayVote }: Approval): string => (mayVote ? 'Your yes is asked for' : 'This waits for a yes');

/** The sums that it moves; empty: none. */
export const movesOf = ({ moves }: Approval): string => moves.map(({ unit, amount }) => formatMoney(amount, unit)).join(', ');

/** What it does and why it waits, a sentence each. */
export function sentencesOf(approval: Approval): string[] {
  const rows = approval.changes.length + approval.hiddenChanges;
  return [
    `Moves ${movesOf(approval) || 'no money'}. Changes ${rows} ${rows === 1 ? 'row' : 'rows'}.`,
    ...approval.reasons.map((reason) => `Why: ${reason}.`),
  ];
}

export const untilOf = ({ expiresAt }: Approval): string => `Good until ${expiresAt.slice(0, 16).replace('T', ' ')} UTC.`;

export const pageOf = (publicUrl: string, approvalId: string): string => `${publicUrl}/console/approvals/${approvalId}`;
