// Whose conversation it is, and how a message finds its place in it.
import { type Context, holds, personOf } from '@troupe-os/core';
import { and, eq, getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { AuthorKind } from './contract.ts';
import { workforceErrors } from './errors.ts';
import { agents, conversations, messages } from './schema.ts';
import type { toolUse } from './shapes.ts';

export const READ_ALL = 'workforce.conversation.read-all';

const TITLE_LENGTH = 60;

/** A conversation with the name of its agent. */
export const conversationColumns = { ...getTableColumns(conversations), nameOf: agents.id, agentName: agents.name };

/** Errors: workforce.unknown_conversation, for those of others too unless the caller may read all. */
export async function readable(ctx: Context, conversationId: string) {
  const [found] = await ctx.db
    .select(conversationColumns)
    .from(conversations)
    .leftJoin(agents, eq(agents.id, conversations.agentId))
    .where(eq(conversations.id, conversationId));
  if (!found || (found.ownerId !== personOf(ctx) && !holds(ctx.actor.rights, READ_ALL)))
    throw workforceErrors.unknown_conversation();
  return found;
}

/** The same, locked; only its own person writes in it, and its agent for them. Errors: workforce.unknown_conversation. */
export async function writable(ctx: Context, conversationId: string) {
  const [found] = await ctx.db.select().from(conversations).where(eq(conversations.id, conversationId)).for('update');
  if (!found || found.ownerId !== personOf(ctx)) throw workforceErrors.unknown_conversation();
  if (ctx.actor.kind === 'agent' && found.agentId !== ctx.actor.id) throw workforceErrors.unknown_conversation();
  return found;
}

export interface NewMessage {
  readonly author: AuthorKind;
  readonly authorId: string;
  readonly authorName: string;
  readonly text: string;
  readonly status: 'streaming' | 'done' | 'failed';
  readonly tool?: z.output<typeof toolUse> | undefined;
  readonly taints: boolean;
  /** The number of the message from which on it stands in the place of what was said. */
  readonly replacesFrom?: number | undefined;
}

/** Messages in whose place nothing else was said. */
export const standing: SQL = sql`not exists (select from workforce.messages later
  where later.conversation_id = ${messages.conversationId} and later.replaces_from <= ${messages.sequence}
    and later.sequence > ${messages.sequence})`;

/** Where what is said anew begins: at a message of the person's own. Errors: workforce.unknown_message, workforce.answer_running. */
export async function placeOf(ctx: Context, conversationId: string, messageId: string): Promise<number> {
  const rows = await ctx.db
    .select({ id: messages.id, sequence: messages.sequence, status: messages.status })
    .from(messages)
    .where(
      and(
        eq(messages.conversationId, conversationId),
        standing,
        sql`(${messages.status} = 'streaming' or ${messages.id} = ${messageId} and ${messages.authorId} = ${ctx.actor.id} and ${messages.authorKind} = 'person')`,
      ),
    );
  if (rows.some(({ status }) => status === 'streaming')) throw workforceErrors.answer_running();
  const [found] = rows;
  if (!found) throw workforceErrors.unknown_message();
  return found.sequence;
}

/** Puts a message at the end of a locked conversation: its number is the next one, without gaps. Errors: workforce.answer_running. */
export async function append(
  ctx: Context,
  conversation: typeof conversations.$inferSelect,
  { author, authorId, authorName, tool, replacesFrom, ...message }: NewMessage,
) {
  const { id: conversationId } = conversation;
  const sequence = conversation.lastSequence + 1;
  const title = conversation.title ?? (author === 'person' ? titleFrom(message.text) : null);
  const tainted = conversation.tainted || message.taints || ctx.tainted;
  const messageId = crypto.randomUUID();
  const counted = ctx.db
    .update(conversations)
    .set({ lastSequence: sequence, title, tainted, updatedAt: ctx.now, ...withoutSummaryOf(conversation, replacesFrom) })
    .where(eq(conversations.id, conversationId));
  const written = ctx.db.insert(messages).values({
    id: messageId,
    conversationId,
    sequence,
    authorKind: author,
    authorId,
    authorName,
    text: message.text,
    status: message.status,
    toolAction: tool?.action ?? null,
    toolInput: tool?.input ?? null,
    toolCallId: tool?.callId ?? null,
    toolOutcome: tool?.outcome ?? null,
    toolError: tool?.error ?? null,
    toolApprovalId: tool?.approvalId ?? null,
    replacesFrom: replacesFrom ?? null,
    createdAt: ctx.now,
    finishedAt: message.status === 'streaming' ? null : ctx.now,
  });
  await Promise.all([counted, written]);
  return { messageId, sequence, title: title ?? undefined, tainted };
}

/** What was put in short of what stands no more is told to nobody. */
const withoutSummaryOf = ({ summarySequence }: typeof conversations.$inferSelect, replacesFrom = Number.POSITIVE_INFINITY) =>
  replacesFrom <= summarySequence ? { summary: null, summarySequence: 0 } : {};

/** The beginning of a text, on one line; of files that came with it their names. */
function titleFrom(text: string): string | null {
  const line = text
    .replaceAll(/\(File "([^"]*)": upload:[0-9a-f-]{36}\)/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length <= TITLE_LENGTH ? line || null : `${line.slice(0, TITLE_LENGTH - 1)}…`;
}
