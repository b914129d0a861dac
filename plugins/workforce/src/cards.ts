// Copies of an approval in chats: which stand where, so that one answer closes all.
import { CHANNELS, type Channel, type Context, moment } from '@troupe-os/core';
import { and, asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { workforceErrors } from './errors.ts';
import { cards } from './schema.ts';

export const KEEP_CARDS = 'workforce.card.keep';

export const channel = z.enum(CHANNELS);
export const place = z.string().min(1).max(200).describe('Where in the channel, by its own names.');
export const messageRef = z.string().min(1).max(200).describe("The channel's name of the message.");

export const cardShape = z.strictObject({
  cardId: z.uuid(),
  approvalId: z.uuid(),
  personId: z.string(),
  place,
  messageRef: messageRef.optional().describe('Absent: it is on its way.'),
  createdAt: moment,
});

interface NewCard {
  readonly approvalId: string;
  readonly personId: string;
  readonly channel: Channel;
  readonly place: string;
}

/** Of several who want to send the same card, one is told to: `isFirst`. */
export async function openCard(ctx: Context, card: NewCard): Promise<{ cardId: string; isFirst: boolean }> {
  const [opened] = await ctx.db
    .insert(cards)
    .values({ ...card, id: crypto.randomUUID(), state: 'open', createdAt: ctx.now })
    .onConflictDoNothing()
    .returning({ cardId: cards.id });
  if (opened) return { ...opened, isFirst: true };
  const { approvalId, channel, place } = card;
  const [known] = await ctx.db
    .select({ cardId: cards.id })
    .from(cards)
    .where(and(eq(cards.approvalId, approvalId), eq(cards.channel, channel), eq(cards.place, place)));
  if (!known) throw workforceErrors.unknown_card();
  return { ...known, isFirst: false };
}

/** Errors: workforce.unknown_card, for a closed one too. */
export async function changeCard(ctx: Context, cardId: string, to: { messageRef: string } | { state: 'closed' }): Promise<void> {
  const isOpen = and(eq(cards.id, cardId), eq(cards.state, 'open'));
  const changed = await ctx.db.update(cards).set(to).where(isOpen).returning({ id: cards.id });
  if (changed.length === 0) throw workforceErrors.unknown_card();
}

/** The open ones of a channel, the oldest first. */
export async function openCards(ctx: Context, channel: Channel, limit: number) {
  const rows = await ctx.db
    .select()
    .from(cards)
    .where(and(eq(cards.channel, channel), eq(cards.state, 'open')))
    .orderBy(asc(cards.createdAt), asc(cards.id))
    .limit(limit);
  return rows.map(({ id, approvalId, personId, place, messageRef, createdAt }) => ({
    ...{ cardId: id, approvalId, personId, place, createdAt },
    ...(messageRef === null ? {} : { messageRef }),
  }));
}
