// The figures of an agent in a week, and how they differ from those of the week before.
import { amount } from '@troupe-os/core';
import { z } from 'zod';

const count = z.int().nonnegative();
const percent = z.int().describe('Of a hundred, rounded.');

const revenueTouched = z.strictObject({
  unit: z.string(),
  amount,
  orders: count,
});

export const figures = z.strictObject({
  tasksDone: count.describe('Tasks that it ended as done in that week.'),
  tasksFailed: count.describe('Tasks that ended in that week and stand as failed.'),
  tasksOpen: count.describe('Its tasks that were not over when the week ended; in the week that is under way: now.'),
  tasksTakenOver: count.describe('Tasks that it had begun, and that a person did in the end.'),
  doneAlone: count.describe(
    'Of the tasks done: those for which no person had to say yes, answer, try again or give them to somebody else.',
  ),
  alonePercent: percent
    .optional()
    .describe('Routine work done without a person: `doneAlone` of the tasks done and taken over. None where there were none.'),
  runs: count.describe('Answers of the agent that began in that week, at tasks and in conversations.'),
  seconds: count.describe('How long those took that are over, added up.'),
  toolCalls: count.describe('Actions that it used as tools, whatever came of them.'),
  denied: count.describe('Calls that were refused for want of a right, by a rule or by a switch.'),
  approvalsAsked: count,
  approvalsGranted: count.describe('Approved in that week, whenever asked for.'),
  approvalsRefused: count,
  approvalsExpired: count.describe('Nobody decided them in time.'),
  inputTokens: count,
  outputTokens: count,
  costMicroUsd: amount.optional().describe('What models cost for it, in millionths of a US dollar; for those who see budgets.'),
  revenue: z
    .array(revenueTouched)
    .optional()
    .describe(
      'What was sold in that week and not refunded, of orders that it touched: it changed the order, or before the sale the listing or the product, by a call on record. Each order once. For those who see orders, of their brands.',
    ),
});
export type Figures = z.output<typeof figures>;

const change = z.strictObject({
  by: z.int().describe('More than in the week before, or less.'),
  percent: z.int().optional().describe('Of what it was; none where that was nothing.'),
});
const changeOfSum = change.extend({ by: amount });

/** The figures whose change is told. */
export const DRIFTING = [
  'tasksDone',
  'tasksFailed',
  'tasksOpen',
  'runs',
  'seconds',
  'toolCalls',
  'denied',
  'approvalsAsked',
  'approvalsRefused',
  'inputTokens',
  'outputTokens',
] as const;

/** Only what has changed: whoever reads it may be a model, to which every word costs something. */
export const drift = z.strictObject({
  ...(Object.fromEntries(DRIFTING.map((name) => [name, change.optional()])) as Record<
    (typeof DRIFTING)[number],
    z.ZodOptional<typeof change>
  >),
  alonePoints: z.int().optional().describe('Percentage points of `alonePercent`.'),
  costMicroUsd: changeOfSum.optional(),
  revenue: z.array(changeOfSum.extend({ unit: z.string() })).optional(),
});
export type Drift = z.output<typeof drift>;
