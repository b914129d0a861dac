// Reviews of who holds what: a list as it stood at the start, of which somebody else decides each item once.
import { type Context, moment, rowsOf } from '@troupe-os/core';
import { identityPort } from '@troupe-os/plugin-identity/contract';
import { and, count, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { isAnotherThan, type Ties, tiesOf } from './appointed.ts';
import { isSignedIn } from './approvals.ts';
import { governanceErrors } from './errors.ts';
import { raise } from './incidents.ts';
import { ACCESS_KINDS, ACCESS_STATES, type AccessItemRow, type AccessReviewRow, accessItems, accessReviews } from './schema.ts';

/** Starts a review of what of these kinds is held at this moment. Errors: governance.review_open, governance.nothing_held. */
export async function startReview(
  ctx: Context,
  { title, kinds }: { title: string; kinds: readonly AccessItemRow['kind'][] },
): Promise<AccessReviewRow> {
  const held = (await ctx.use(identityPort).access()).filter(({ kind }) => kinds.includes(kind));
  if (held.length === 0) throw governanceErrors.nothing_held();
  const review = { id: crypto.randomUUID(), title, startedBy: ctx.actor.id, startedAt: ctx.now, closedAt: null };
  await ctx.db.insert(accessReviews).values(review);
  await ctx.db.execute(sql`
    insert into ${accessItems} (id, review_id, kind, access_id, actor_id, what, brand_id, department_id, scopes, granted_by, since, until, hands)
    select gen_random_uuid(), ${review.id}::uuid, kind, id, "actorId", what, "brandId", "departmentId", scopes, "grantedBy", since, until, hands
    from jsonb_to_recordset(${JSON.stringify(held)}::jsonb) as held (kind text, id uuid, "actorId" text, what text, "brandId" text,
      "departmentId" text, scopes text[], "grantedBy" text, since timestamptz, until timestamptz, hands text[])`);
  return review;
}

/**
 * Keeps an item or takes its access away; what is held no more by then is `gone`, whatever was wanted.
 * Errors: governance.signed_in_only, unknown_access_item, own_access, own_appointee, access_state, review_closed, and those of identity's `takeAccess`.
 */
export async function decideAccess(
  ctx: Context,
  { itemId, note }: { itemId: string; note: string },
  wanted: 'kept' | 'revoked',
): Promise<z.output<typeof decidedShape>> {
  if (!isSignedIn(ctx)) throw governanceErrors.signed_in_only();
  const [item] = await ctx.db.select().from(accessItems).where(eq(accessItems.id, itemId));
  if (!item) throw governanceErrors.unknown_access_item({ itemId });
  if (item.state !== 'open') throw governanceErrors.access_state({ itemId });
  const { own, appointers } = await tiesOf(ctx);
  if (own.has(item.actorId) || item.hands.includes(ctx.actor.id)) throw governanceErrors.own_access({ itemId });
  if (appointers.has(item.actorId)) throw governanceErrors.own_appointee();
  const identity = ctx.use(identityPort);
  const access = { kind: item.kind, id: item.accessId };
  const [held] = await identity.access(access);
  const state: typeof wanted | 'gone' = held ? wanted : 'gone';
  if (held && wanted === 'revoked') await identity.takeAccess(access);
  const decision = { state, decidedBy: ctx.actor.id, decidedAt: ctx.now, note };
  await ctx.db
    .update(accessItems)
    .set(decision)
    .where(and(eq(accessItems.id, itemId), eq(accessItems.state, 'open')));
  const { closedAt } = await findReview(ctx, item.reviewId);
  return { itemId, reviewId: item.reviewId, ...decision, reviewClosed: closedAt !== null };
}

/** Whether this caller decides items at all: by a sign-in of their own. */
const decides = (ctx: Context): boolean =>
  ctx.actor.rights.get('governance.access-review.manage') === 'company' && isSignedIn(ctx);

/** Neither about what is theirs nor in their hands, nor about whoever appointed them that day. */
const isOthers = (ctx: Context, { actorId, hands }: Pick<AccessItemRow, 'actorId' | 'hands'>, ties: Ties): boolean =>
  isAnotherThan(ties, [actorId]) && !hands.includes(ctx.actor.id);

/** How far each of these reviews is. */
export async function progressOf(ctx: Context, reviewIds: readonly string[]): Promise<(reviewId: string) => Progress> {
  const { own, appointers } = await tiesOf(ctx);
  const tied = [ctx.actor.id, ...own, ...appointers];
  const counted = await ctx.db
    .select({
      reviewId: accessItems.reviewId,
      state: accessItems.state,
      isOthers: sql<boolean>`not (${inArray(accessItems.actorId, tied)} or ${ctx.actor.id} = any (${accessItems.hands}))`,
      times: count(),
    })
    .from(accessItems)
    .where(inArray(accessItems.reviewId, [...reviewIds]))
    .groupBy(accessItems.reviewId, accessItems.state, sql`3`);
  return (reviewId) => {
    const ofReview = counted.filter((one) => one.reviewId === reviewId);
    const sum = (of: typeof counted) => of.reduce((total, { times }) => total + times, 0);
    const inState = (state: AccessItemRow['state']) => ofReview.filter((one) => one.state === state);
    const others = inState('open').filter(({ isOthers }) => isOthers);
    return {
      counts: {
        open: sum(inState('open')),
        kept: sum(inState('kept')),
        revoked: sum(inState('revoked')),
        gone: sum(inState('gone')),
      },
      mayDecide: decides(ctx) ? sum(others) : 0,
    };
  };
}

/** Errors: governance.unknown_access_review. */
export async function findReview(ctx: Context, reviewId: string): Promise<AccessReviewRow> {
  const [row] = await ctx.db.select().from(accessReviews).where(eq(accessReviews.id, reviewId));
  if (!row) throw governanceErrors.unknown_access_review({ reviewId });
  return row;
}

/**
 * When the actor of an item, or its token or app itself, last did something that is on record, before it was decided. The record
 * keeps no reads of low risk, and says of nobody by which of their roles they did what.
 */
export const lastUsed = sql<string | null>`(case when access_items.kind = 'role' then (
    select e.at from core.audit_entries e
    where e.actor = access_items.actor_id and e.outcome = 'succeeded' and e.at <= coalesce(access_items.decided_at, 'infinity')
    order by e.at desc limit 1
  ) else (
    select e.at from core.audit_entries e
    where e.credential = access_items.kind || ':' || access_items.access_id and e.outcome = 'succeeded'
      and (e.credential like 'token:%' or e.credential like 'app:%') and e.at <= coalesce(access_items.decided_at, 'infinity')
    order by e.at desc limit 1
  ) end)::text`;

const OVERDUE_MS = 30 * 24 * 3_600_000;

/** A review that is not finished after 30 days, of which nothing was said for as long. */
export const isOverdue = (now: Date): SQL => {
  const since = sql`${new Date(+now - OVERDUE_MS).toISOString()}::timestamptz`;
  return sql`(select r.id from governance.access_reviews r where r.closed_at is null and r.started_at < ${since} and not exists (
    select from governance.incidents i where i.rule = 'review-overdue' and i.subject = 'review:' || r.id and i.last_at > ${since}))`;
};

/** Opens an incident of it. */
export async function tellOverdue(ctx: Context): Promise<void> {
  for (const { id } of await rowsOf<{ id: string }>(ctx.db, isOverdue(ctx.now))) {
    const summary = 'A review of who holds what is not finished after 30 days: governance.get-access-review says what is open.';
    await raise(ctx, { rule: 'review-overdue', subject: `review:${id}`, summary });
  }
}

export const reviewShape = z.strictObject({
  reviewId: z.uuid(),
  title: z.string(),
  startedBy: z.string(),
  startedAt: moment,
  closedAt: moment.optional().describe('When the last item was decided.'),
});

export function showReview({ id, closedAt, ...review }: AccessReviewRow): z.output<typeof reviewShape> {
  return { reviewId: id, ...review, ...(closedAt !== null && { closedAt }) };
}

export const progressShape = z.strictObject({
  counts: z.record(z.enum(ACCESS_STATES), z.int()).describe('How many items are how far.'),
  mayDecide: z.int().describe('How many of the open ones you may decide.'),
});
type Progress = z.output<typeof progressShape>;

export const itemShape = z.strictObject({
  itemId: z.uuid(),
  kind: z.enum(ACCESS_KINDS),
  accessId: z.uuid(),
  actorId: z.string(),
  actorName: z.string().optional().describe('Absent: nobody active any more.'),
  what: z.string().describe('The role; the beginning of the token; the name of the app and whose word it is.'),
  brandId: z.string().optional(),
  departmentId: z.string().optional(),
  scopes: z.array(z.string()).optional().describe('Of a token and an app; absent: all that its actor may do.'),
  grantedBy: z.string(),
  since: moment,
  until: moment.optional(),
  lastUsed: moment
    .optional()
    .describe(
      'The last call on record that succeeded: by this token or app, or of whoever holds the role. Reads of low risk are not.',
    ),
  state: z.enum(ACCESS_STATES).describe('gone: it was held no more when somebody decided.'),
  decidedBy: z.string().optional(),
  decidedAt: moment.optional(),
  note: z.string().optional(),
  mayDecide: z
    .boolean()
    .describe(
      'Whether you may decide it: it is open, neither your own nor in your hands, nor of whoever gave you a role within a day.',
    ),
});

export function showItem(
  ctx: Context,
  item: AccessItemRow,
  { actorName, used, ties }: { actorName: string | undefined; used: string | null; ties: Ties },
): z.output<typeof itemShape> {
  const { id, reviewId: _, hands: __, ...row } = item;
  const said = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  // a column that is null is missing
  const known = { ...(actorName && { actorName }), ...(used && { lastUsed: new Date(used) }) };
  return {
    itemId: id,
    ...said,
    ...known,
    mayDecide: item.state === 'open' && decides(ctx) && isOthers(ctx, item, ties),
  } as z.output<typeof itemShape>;
}

export const decision = {
  itemId: z.uuid(),
  note: z.string().trim().min(1).max(2000).describe('Why.'),
};

export const decidedShape = z.strictObject({
  itemId: z.uuid(),
  reviewId: z.uuid(),
  state: z.enum(ACCESS_STATES),
  decidedBy: z.string(),
  decidedAt: moment,
  note: z.string(),
  reviewClosed: z.boolean().describe('Whether this was the last item.'),
});
