// What agents are told in the conversations of their tasks before they go on.
import type { Context } from '@troupe-os/core';
import { and, desc, eq, notLike } from 'drizzle-orm';
import { append } from './conversations.ts';
import { conversations, messages } from './schema.ts';
import type { Task } from './tasks.ts';

/** Says in its conversation what its agent has to know before it goes on. */
export async function tell(ctx: Context, { conversationId }: Task, text: string, { taints = false } = {}): Promise<void> {
  if (conversationId === null) return;
  const [conversation] = await ctx.db.select().from(conversations).where(eq(conversations.id, conversationId)).for('update');
  if (!conversation) return;
  const author = { author: 'system' as const, authorId: 'system', authorName: 'Troupe' };
  await append(ctx, conversation, { ...author, text, status: 'done', taints });
}

const MOST_NAMED = 20;

/** That it goes on where it was, with what it has done so far: of the messages of tools a model is told nothing later. */
export async function goOn(ctx: Context, task: Task): Promise<string> {
  const names = await doneIn(ctx, task);
  const done = names.length === 0 ? '' : ` You have done these: ${names.join(', ')}.`;
  return `Go on where you were: what was done before is done, and is not to be done again.${done}`;
}

/** The writes that have succeeded, in their order; of many the last ones. */
async function doneIn({ db, catalogue }: Context, { conversationId }: Task): Promise<string[]> {
  if (conversationId === null) return [];
  const used = await db
    .select({ action: messages.toolAction })
    .from(messages)
    .where(
      and(
        eq(messages.conversationId, conversationId),
        eq(messages.toolOutcome, 'succeeded'),
        notLike(messages.text, '{"dryRun":true%'), // it has only been looked at
      ),
    )
    .orderBy(desc(messages.sequence));
  const names = used.flatMap(({ action }) => (action !== null && catalogue.action(action)?.effect === 'write' ? [action] : []));
  return names.slice(0, MOST_NAMED).reverse();
}
