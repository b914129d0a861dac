// Accounts elsewhere that prove who somebody is.
import type { Context } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { identityErrors } from './errors.ts';
import { isHandedOver } from './handed-over.ts';
import type { Account } from './providers.ts';
import { actors, linkedIdentities, people } from './schema.ts';

/** Whose account it is; a first time by its verified address, which links it unless somebody else may have written that address. Errors: identity.no_such_account. */
export async function personOf(ctx: Context, provider: string, account: Account): Promise<string> {
  const [linked] = await ctx.db
    .select({ actorId: actors.id, active: actors.active })
    .from(linkedIdentities)
    .innerJoin(actors, eq(actors.id, linkedIdentities.actorId))
    .where(and(eq(linkedIdentities.provider, provider), eq(linkedIdentities.subject, account.subject)));
  if (linked?.active) return linked.actorId;
  // an account is its person's, also while that person may not come in
  if (linked || account.verifiedEmail === undefined) throw identityErrors.no_such_account();
  const [person] = await ctx.db
    .select({ actorId: actors.id })
    .from(people)
    .innerJoin(actors, and(eq(actors.id, people.actorId), eq(actors.active, true)))
    .where(eq(people.email, account.verifiedEmail.toLowerCase()));
  if (!person) throw identityErrors.no_such_account();
  if (!(await isHandedOver(ctx, person.actorId))) await linkIdentity(ctx, person.actorId, provider, account);
  return person.actorId;
}

/** Errors: identity.already_linked. */
export async function linkIdentity(
  ctx: Context,
  actorId: string,
  provider: string,
  { subject, label, proofs }: Pick<Account, 'subject' | 'label'> & { readonly proofs?: 1 | 2 },
): Promise<void> {
  await ctx.db.insert(linkedIdentities).values({
    id: crypto.randomUUID(),
    actorId,
    provider,
    subject,
    label: label.slice(0, 300),
    proofs: proofs ?? null,
    linkedAt: ctx.now,
  });
}
