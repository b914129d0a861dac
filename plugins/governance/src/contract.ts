// What other plugins may know of governance: what it knows beside is reached by its actions.
import { defineEvent } from '@troupe-os/core/contract';
import { z } from 'zod';

/** Something was found that somebody in charge should look at. Its subject is the incident; repeats are not told again. */
export const incidentOpened = defineEvent({
  name: 'governance.incident-opened',
  subject: ({ incidentId }) => incidentId,
  schema: z.strictObject({ incidentId: z.uuid(), rule: z.string(), subject: z.string(), summary: z.string() }),
});
