import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { changeIncident, incidentShape } from '../incidents.ts';
import { incidents } from '../schema.ts';

export const resolveIncident = defineAction({
  name: 'governance.resolve-incident',
  title: 'Resolve an incident',
  description: 'Ends an acknowledged incident and says how. What is found afterwards is a new one.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'governance.incident.manage',
  resource: { table: 'governance.incidents', key: 'incidentId' },
  input: z.strictObject({
    incidentId: z.uuid(),
    resolution: z.string().trim().min(1).max(2000).describe('What it was, and what was done.'),
  }),
  output: incidentShape,
  handler: (ctx, { incidentId, resolution }) =>
    changeIncident(
      ctx,
      incidentId,
      { state: 'resolved', resolvedBy: ctx.actor.id, resolvedAt: ctx.now, resolution },
      eq(incidents.state, 'acknowledged'),
    ),
});
