// Sign-ins from where somebody has never signed in before.
import { type Context, type EventPayload, on } from '@troupe-os/core';
import { signedIn } from '@troupe-os/plugin-identity/contract';
import { eq } from 'drizzle-orm';
import { raise } from './incidents.ts';
import { places } from './schema.ts';

const SAID = { network: 'a network', device: 'a browser or program' } as const;

export const watchSignIns = on(signedIn, {
  name: 'watch-sign-ins',
  deadLetter: 'skip',
  handler: noteSignIn,
});

/** What is known of nobody yet is not new: somebody's first sign-in says where they usually are. */
async function noteSignIn(ctx: Context, { personId, sessionId, network, device }: EventPayload<typeof signedIn>): Promise<void> {
  const known = await ctx.db.select().from(places).where(eq(places.person, personId));
  const seen = Object.entries({ network, device }).flatMap(([kind, digest]) =>
    digest === undefined ? [] : [{ kind: kind as keyof typeof SAID, digest }],
  );
  for (const { kind, digest } of seen)
    await ctx.db
      .insert(places)
      .values({ person: personId, kind, digest, firstAt: ctx.now, lastAt: ctx.now })
      .onConflictDoUpdate({ target: [places.person, places.kind, places.digest], set: { lastAt: ctx.now } });
  const fresh = seen.filter(({ kind, digest }) => {
    const ofKind = known.filter((place) => place.kind === kind);
    return ofKind.length > 0 && !ofKind.some((place) => place.digest === digest);
  });
  if (fresh.length === 0) return;
  await raise(ctx, {
    rule: 'new-place',
    subject: `actor:${personId}`,
    summary: `Somebody signed in from ${fresh.map(({ kind }) => SAID[kind]).join(' and ')} that they never used before (session ${sessionId}).`,
  });
}
