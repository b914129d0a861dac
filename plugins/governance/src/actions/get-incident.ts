import { defineAction, moment } from '@troupe-os/core';
import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { findIncident, incidentShape, showIncident } from '../incidents.ts';
import { incidentNotes } from '../schema.ts';

export const getIncident = defineAction({
  name: 'governance.get-incident',
  title: 'One incident',
  description: 'Shows an incident: what was found how often, how far somebody has come, and the notes on it.',
  effect: 'read',
  untrustedOutput: true,
  risk: 'low',
  permission: 'governance.incident.read',
  input: z.strictObject({ incidentId: z.uuid() }),
  output: incidentShape.extend({
    notes: z.array(z.strictObject({ author: z.string(), text: z.string(), at: moment })),
  }),
  async handler(ctx, { incidentId }) {
    const incident = await findIncident(ctx, incidentId);
    const notes = await ctx.db
      .select({ author: incidentNotes.author, text: incidentNotes.text, at: incidentNotes.at })
      .from(incidentNotes)
      .where(eq(incidentNotes.incidentId, incidentId))
      .orderBy(asc(incidentNotes.at), asc(incidentNotes.id));
    return { ...showIncident(incident), notes };
  },
});
