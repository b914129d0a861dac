import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { governanceErrors } from '../errors.ts';
import { changeIncident, incidentShape } from '../incidents.ts';

export const assignIncident = defineAction({
  name: 'governance.assign-incident',
  title: 'Assign an incident',
  description: 'Says who looks at an incident: a person who may work on incidents.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'governance.incident.manage',
  resource: { table: 'governance.incidents', key: 'incidentId' },
  input: z.strictObject({ incidentId: z.uuid(), personId: z.string().min(1).max(200).describe('The id of the person.') }),
  output: incidentShape,
  async handler(ctx, { incidentId, personId }) {
    const steps = await ctx.explain({ actorId: personId, action: 'governance.acknowledge-incident', input: { incidentId } });
    if (personId === 'local-operator' || steps?.at(-1)?.says !== 'yes') throw governanceErrors.cannot_be_assigned({ personId });
    return changeIncident(ctx, incidentId, { assignee: personId });
  },
});
