import { type Context, type DataSubject, defineAction, moment, secret } from '@troupe-os/core';
import { identityPort } from '@troupe-os/plugin-identity/contract';
import { eq, or } from 'drizzle-orm';
import { z } from 'zod';
import { withdraw } from '../approvals.ts';
import { governanceErrors } from '../errors.ts';
import { approvals } from '../schema.ts';

export const erasePersonalData = defineAction({
  name: 'governance.erase-personal-data',
  title: 'Erase personal data',
  description:
    'Erases for good what tells who a person or a customer is, in all tables and in the texts of the record, and takes all access from a person. Sums, orders, and that something was done stay. A dry run says how many rows of which tables.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'governance.personal-data.erase',
  timeoutMs: 300_000,
  input: z.strictObject({
    personId: z.uuid().optional().describe('The id of the person, as identity.list-people answers it.'),
    email: secret(
      z
        .string()
        .max(254)
        .regex(/^[^\s@]+@[^\s@]+$/, 'This is no e-mail address.'),
    )
      .optional()
      .describe('The address that a customer, or a person, gave.'),
    keepSince: moment
      .optional()
      .describe(
        'Orders and the like from this moment on stay as they are: what a law asks you to keep. Come back later for them.',
      ),
  }),
  output: z.strictObject({
    erased: z.array(
      z.strictObject({
        table: z.string(),
        outcome: z
          .enum(['replaced', 'deleted', 'emptied', 'kept'])
          .describe('"emptied": texts of the record; "kept": rows that are needed still.'),
        rows: z.int(),
      }),
    ),
  }),
  async handler(ctx, { keepSince, ...named }) {
    const whose = await endAccessOf(ctx, named);
    const { id } = whose;
    // nobody would know what they say yes to
    if (id !== undefined) await withdraw(ctx, or(eq(approvals.requester, id), eq(approvals.onBehalfOf, id)));
    return { erased: await ctx.erase(whose, { keepSince }) };
  },
});

/** Errors: governance.name_one, governance.unknown_person, those of the port. */
async function endAccessOf(
  ctx: Context,
  { personId, email }: { personId?: string | undefined; email?: string | undefined },
): Promise<DataSubject> {
  const identity = ctx.use(identityPort);
  if (personId !== undefined && email === undefined) {
    const person = await identity.findPerson({ personId });
    if (!person) throw governanceErrors.unknown_person({ personId });
    await identity.endAccess(person);
    return { id: person.personId, email: person.email };
  }
  if (email === undefined || personId !== undefined) throw governanceErrors.name_one();
  const person = await identity.findPerson({ email });
  if (person) await identity.endAccess(person);
  return { ...(person && { id: person.personId }), email: email.toLowerCase() };
}
