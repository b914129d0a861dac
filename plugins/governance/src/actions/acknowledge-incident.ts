import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { changeIncident, incidentShape } from '../incidents.ts';
import { incidents } from '../schema.ts';

export const acknowledgeIncident = defineAction({
  name: 'governance.acknowledge-incident',
  title: 'Acknowledge an incident',
  description: 'Says that you have seen an open incident. It is not resolved by that.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'governance.incident.manage',
  resource: { table: 'governance.incidents', key: 'incidentId' },
  input: z.strictObject({ incidentId: z.uuid() }),
  output: incidentShape,
  handler: (ctx, { incidentId }) =>
    changeIncident(
      ctx,
      incidentId,
      { state: 'acknowledged', acknowledgedBy: ctx.actor.id, acknowledgedAt: ctx.now },
      eq(incidents.state, 'open'),
    ),
});
