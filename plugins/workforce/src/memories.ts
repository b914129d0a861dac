// Memories: what somebody had kept for later, and who sees it.
import type { Context } from '@troupe-os/core';
import { type Embedding, type Least, type Question, rank, type Searched } from '@troupe-os/core/search';
import { identityPort } from '@troupe-os/plugin-identity/contract';
import { and, eq, getTableColumns, gt, inArray, isNull, lte, or, type SQL, sql } from 'drizzle-orm';
import type { MemoryScope } from './contract.ts';
import { workforceErrors } from './errors.ts';
import { mayDelete, mayShare, type Standing, standingOf } from './memory-standing.ts';
import { conversations, memories, memoryEmbeddings, runs } from './schema.ts';

/** The scope of the company has no id of its own. */
export const COMPANY = '*';

const { words: _, ...columns } = getTableColumns(memories);
export const memoryColumns = columns;
export type Memory = Omit<typeof memories.$inferSelect, 'words'>;

export interface NewMemory {
  readonly text: string;
  readonly scope: MemoryScope;
  readonly scopeId?: string | undefined;
  readonly expiresAt?: Date | undefined;
}

/** The condition under which whoever asks sees a memory: the one rule for lists, searches, runs and single memories. */
export function visibleTo(standing: Standing, now: Date): SQL | undefined {
  const { personId, departments, reads } = standing;
  const inScope = (scope: MemoryScope, ids?: SQL) => and(eq(memories.scope, scope), ids);
  const any = or(
    sql`false`,
    personId !== undefined ? inScope('person', eq(memories.scopeId, personId)) : undefined,
    standing.seesAgents ? inScope('agent', ofAgents(standing)) : undefined,
    departments.length > 0 ? inScope('department', inArray(memories.scopeId, [...departments])) : undefined,
    reads !== undefined ? inScope('brand', reads === 'company' ? undefined : inArray(memories.scopeId, [...reads])) : undefined,
    reads === 'company' ? inScope('company') : undefined,
  );
  return and(any, or(isNull(memories.expiresAt), gt(memories.expiresAt, now)));
}

/** An agent sees its own, for whomever it acts; a person those of the agents with which they talk. */
function ofAgents({ agentId, personId }: Standing): SQL {
  if (agentId !== undefined) return eq(memories.scopeId, agentId);
  return sql`${memories.scopeId} in (select talk.agent_id::text from workforce.conversations talk
    where talk.owner_id = ${personId ?? ''} and talk.agent_id is not null)`;
}

/**
 * Saves a text once for a scope: where it is there already, that memory stays as it is.
 * Errors: workforce.memory_scope, workforce.scope_id_needed, workforce.scope_id_needless, workforce.words_from_outside,
 * workforce.expires_in_the_past, workforce.memory_scope_full.
 */
export async function saveMemory(
  ctx: Context,
  { text, scope, expiresAt, ...asked }: NewMemory,
  embedding: Embedding,
): Promise<{ memory: Memory; isNew: boolean }> {
  const standing = await standingOf(ctx);
  const scopeId = scopeIdOf(standing, scope, asked.scopeId);
  if (!mayShare(standing, scope, scopeId) || !(await isThere(ctx, standing, scope, scopeId)))
    throw workforceErrors.memory_scope();
  if (expiresAt && expiresAt <= ctx.now) throw workforceErrors.expires_in_the_past();
  // what an app writes as its person may be a model's, which has read who knows what
  const byApp = ctx.credential.startsWith('app:');
  // words from outside go to no other person by an agent or an app
  if ((ctx.tainted || byApp) && scope !== 'person') throw workforceErrors.words_from_outside();
  if (byApp) ctx.markUntrusted('workforce.memories');

  const isInScope = and(eq(memories.scope, scope), eq(memories.scopeId, scopeId));
  await ctx.db.delete(memories).where(and(isInScope, lte(memories.expiresAt, ctx.now)));
  const [added] = await ctx.db
    .insert(memories)
    .values({
      id: crypto.randomUUID(),
      text,
      scope,
      scopeId,
      personId: standing.personId ?? ctx.actor.id,
      savedBy: ctx.actor.id,
      savedByName: ctx.actor.name,
      tainted: ctx.tainted || byApp,
      callId: ctx.callId,
      ...(await whereFrom(ctx)),
      createdAt: ctx.now,
      expiresAt: expiresAt ?? null,
    })
    .onConflictDoNothing()
    .returning(memoryColumns);
  if (!added) {
    const [known] = await ctx.db
      .select(memoryColumns)
      .from(memories)
      .where(and(isInScope, sql`md5(${memories.text}) = md5(${text})`));
    if (!known) throw workforceErrors.unknown_memory(); // deleted in this very moment
    return { memory: known, isNew: false };
  }
  const { model, dimensions, vector } = embedding;
  await ctx.db.insert(memoryEmbeddings).values({ memoryId: added.id, model, dimensions, vector: sql`${vector}::vector` });
  return { memory: added, isNew: true };
}

function scopeIdOf({ personId, agentId }: Standing, scope: MemoryScope, given: string | undefined): string {
  if (scope === 'person' || scope === 'company') {
    if (given !== undefined) throw workforceErrors.scope_id_needless();
    return scope === 'company' ? COMPANY : (personId ?? '');
  }
  const scopeId = given ?? (scope === 'agent' ? agentId : undefined);
  if (scopeId === undefined) throw workforceErrors.scope_id_needed();
  return scopeId;
}

/** Whether there is such a brand, and such an agent with which the person talks. */
async function isThere(ctx: Context, { agentId, personId }: Standing, scope: MemoryScope, scopeId: string): Promise<boolean> {
  if (scope === 'brand') return ctx.use(identityPort).brandExists(scopeId);
  if (scope !== 'agent' || agentId === scopeId) return true;
  const [talk] = await ctx.db
    .select({ id: conversations.id })
    .from(conversations)
    .where(and(eq(conversations.ownerId, personId ?? ''), eq(sql`${conversations.agentId}::text`, scopeId)))
    .limit(1);
  return talk !== undefined;
}

/** The answer in which an agent saves it: its run goes on just now. */
async function whereFrom(ctx: Context) {
  if (ctx.actor.kind !== 'agent') return {};
  const [run] = await ctx.db
    .select({ conversationId: runs.conversationId, messageId: runs.messageId })
    .from(runs)
    .where(and(eq(runs.state, 'running'), eq(runs.agentId, ctx.actor.id), eq(runs.requestId, ctx.requestId)))
    .limit(1);
  return run ?? {};
}

/** Deletes a memory for good, its vector too. Errors: workforce.unknown_memory, workforce.not_your_memory. */
export async function deleteMemory(ctx: Context, memoryId: string): Promise<void> {
  const standing = await standingOf(ctx);
  const [found] = await ctx.db
    .select({ scope: memories.scope, scopeId: memories.scopeId, personId: memories.personId })
    .from(memories)
    .where(and(eq(memories.id, memoryId), visibleTo(standing, ctx.now)))
    .for('update');
  if (!found) throw workforceErrors.unknown_memory();
  if (!mayDelete(standing, found)) throw workforceErrors.not_your_memory();
  await ctx.db.delete(memories).where(eq(memories.id, memoryId));
}

const MEMORIES: Searched = {
  table: memories,
  id: memories.id,
  words: memories.words,
  slips: sql`left(lower(${memories.text}), 200)`,
  embeddings: memoryEmbeddings,
  subject: memoryEmbeddings.memoryId,
};

/** From where on a memory is told to an agent that did not ask for it. Measured with the embedded model: README. */
const TO_BE_TOLD: Least = { share: 0.5, cosine: 0.45, withinBest: 0.15 };

/** Those that answer a question best, the best first. `unasked`: only what is near enough to be told without being asked for. */
export async function searchMemories(
  ctx: Context,
  question: Question,
  { scope, limit, unasked }: { readonly scope?: MemoryScope | undefined; readonly limit: number; readonly unasked: boolean },
): Promise<Memory[]> {
  const standing = await standingOf(ctx);
  const ranked = await rank(ctx.db, MEMORIES, {
    question,
    visible: visibleTo(standing, ctx.now),
    matching: scope && eq(memories.scope, scope),
    ...(unasked ? { least: TO_BE_TOLD } : {}),
    limit,
  });
  const ids = ranked.slice(0, limit).map(({ id }) => id);
  if (ids.length === 0) return [];
  const rows = await ctx.db.select(memoryColumns).from(memories).where(inArray(memories.id, ids));
  return ids.flatMap((id) => rows.find((row) => row.id === id) ?? []);
}

/** Of these, those that whoever asks may see now. */
export async function memoriesOf(ctx: Context, ids: readonly string[]): Promise<Pick<Memory, 'id' | 'text'>[]> {
  if (ids.length === 0) return [];
  return ctx.db
    .select({ id: memories.id, text: memories.text })
    .from(memories)
    .where(and(inArray(memories.id, [...ids]), visibleTo(await standingOf(ctx), ctx.now)));
}
