// What other plugins may know of governance: what it knows beside is reached by its actions.
import { defineEvent, definePort } from '@troupe-os/core/contract';
import { z } from 'zod';

/** Something was found that somebody in charge should look at. Its subject is the incident; repeats are not told again. */
export const incidentOpened = defineEvent({
  name: 'governance.incident-opened',
  subject: ({ incidentId }) => incidentId,
  schema: z.strictObject({ incidentId: z.uuid(), rule: z.string(), subject: z.string(), summary: z.string() }),
});

/** What is on record of somebody in one week of UTC. */
export interface RecordedWeek {
  readonly actorId: string;
  /** Its Monday, `YYYY-MM-DD`. */
  readonly week: string;
  /** Calls that were refused for want of a right, by a rule or by a switch; equal ones that were counted together, each. */
  readonly denied: number;
  /** Approvals asked for, and those that were granted, refused or ran out of time: each in the week in which that happened. */
  readonly asked: number;
  readonly granted: number;
  readonly refused: number;
  readonly expired: number;
}

/** Rows of one table by their keys. */
export interface RowsOfTable {
  /** `schema.table`. */
  readonly table: string;
  readonly keys: readonly string[];
}

/** A row that a call of somebody's changed. */
export interface ChangedRow {
  readonly actorId: string;
  /** `schema.table`. */
  readonly table: string;
  readonly key: string;
  /** When first. */
  readonly at: Date;
}

export interface GovernancePort {
  /** From `from` on and before `to`. Weeks in which there was nothing are left out. */
  weeks(of: { actorIds: readonly string[]; from: Date; to: Date }): Promise<RecordedWeek[]>;
  /** Which of these rows calls of these actors changed before `to`, each once for each of them. */
  changedRows(of: { actorIds: readonly string[]; rows: readonly RowsOfTable[]; to: Date }): Promise<ChangedRow[]>;
}

/** Counts, and keys of rows: whoever asks cuts them to what its own caller may see. */
export const governancePort = definePort<GovernancePort>('governance', ['weeks', 'changedRows']);
