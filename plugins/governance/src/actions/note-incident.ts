import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { findIncident } from '../incidents.ts';
import { incidentNotes } from '../schema.ts';

export const noteIncident = defineAction({
  name: 'governance.note-incident',
  title: 'Note on an incident',
  description: 'Adds a note to an incident, a resolved one too. Notes are neither changed nor deleted.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'governance.incident.manage',
  input: z.strictObject({ incidentId: z.uuid(), text: z.string().trim().min(1).max(2000) }),
  output: z.strictObject({ noteId: z.uuid() }),
  async handler(ctx, { incidentId, text }) {
    await findIncident(ctx, incidentId);
    const noteId = crypto.randomUUID();
    await ctx.db.insert(incidentNotes).values({ id: noteId, incidentId, author: ctx.actor.id, text, at: ctx.now });
    return { noteId };
  },
});
