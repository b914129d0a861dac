import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { INCIDENT_RULES, incidentShape, showIncident } from '../incidents.ts';
import { INCIDENT_STATES, incidents } from '../schema.ts';

const newestFirst = keyset('governance.list-incidents', { descending: [incidents.openedAt, incidents.id] });

export const listIncidents = defineAction({
  name: 'governance.list-incidents',
  title: 'Incidents',
  description: 'Lists what was found that somebody in charge should look at, the newest first.',
  effect: 'read',
  untrustedOutput: true,
  risk: 'low',
  permission: 'governance.incident.read',
  entries: { id: 'incidentId', inputs: ['incidentId'], names: [], about: ['state', 'summary'] },
  input: z.strictObject({
    state: z.enum(INCIDENT_STATES).optional(),
    rule: z.enum(INCIDENT_RULES).optional(),
    assignee: z.string().max(200).optional().describe('The id of the person who looks at it.'),
    ...pageInput,
  }),
  output: z.strictObject({ items: z.array(incidentShape), nextCursor: z.string().optional() }),
  async handler(ctx, { state, rule, assignee, limit, cursor }) {
    const rows = await ctx.db
      .select()
      .from(incidents)
      .where(
        and(
          state && eq(incidents.state, state),
          rule && eq(incidents.rule, rule),
          assignee === undefined ? undefined : eq(incidents.assignee, assignee),
          newestFirst.after(cursor),
        ),
      )
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = newestFirst.page(rows, limit, ({ openedAt, id }) => [openedAt, id]);
    return { items: items.map(showIncident), ...next };
  },
});
