// Holds the recorded conversations and has them judged by what they left in the house.
import { sql } from 'drizzle-orm';
import type { Conversation, Step } from '../../agents/evals/conversation.ts';
import { definitions } from '../../agents/roster/index.ts';
import type { ChangedRow, MadeCall, Outcome } from '../../agents/src/scorer.ts';
import type { Kept } from '../../bots/testing/house.ts';
import type { EvalHouse } from './house.ts';

export interface Score {
  readonly scorer: string;
  readonly says: string;
  readonly score: number;
  readonly least: number;
}

export interface Evaluated {
  readonly agent: string;
  readonly conversation: string;
  readonly scores: readonly Score[];
  /** What asking the model has cost, and how much it read and wrote. */
  readonly cost: { readonly microUsd: number; readonly inputTokens: number; readonly outputTokens: number };
  readonly text: string;
  readonly calls: readonly Pick<MadeCall, 'action' | 'error'>[];
}

export const hasFailed = ({ scores }: Evaluated): boolean => scores.some(({ score, least }) => !(score >= least));

/** `play` is told of each turn before the person speaks. An agent's own task is given to it, and done with nobody beside it. */
export async function evaluate(
  house: EvalHouse,
  { agent, name, person, turns, scorers }: Conversation,
  play: (script: readonly Step[]) => void,
): Promise<Evaluated> {
  const definition = definitions.find((one) => one.name === agent);
  if (!definition) throw new Error(`${agent} is not of the roster.`);
  const agentId = await idOf(house, agent);
  const talker = house.people[person];
  const [before] = await house.database.rows<{ id: string }>(sql`select coalesce(max(id), 0)::text as id from core.changes`);
  const [first] = turns;
  const isTask = turns.length === 1 && first?.says === definition.task.brief;
  if (isTask) play(first.script);
  const { conversationId } = isTask
    ? await house.worked(talker.caller, { ...definition.task, assigneeId: agentId })
    : await talker.post<{ conversationId: string }>('/chat/conversations', { agentId });
  for (const { says, script } of isTask ? [] : turns) {
    play(script);
    await talker.say(conversationId, says);
  }
  const messages = await talker.kept(conversationId);
  const answers = messages.filter(({ author }) => author === 'agent');
  const outcome: Outcome = {
    asked: turns.map(({ says }) => says).join('\n'),
    text: answers.map(({ text }) => text).join('\n\n'),
    calls: messages.flatMap(({ tool }) => (tool ? [callOf(tool)] : [])),
    changes: await changesBy(house, agentId, before?.id ?? '0'),
    read: (action, input = {}) => house.does(house.operator, action, input),
  };
  const isDone = answers.length === turns.length && answers.every(({ status }) => status === 'done');
  const scores: Score[] = [{ scorer: 'answers', says: 'It answers to the end.', least: 1, score: isDone ? 1 : 0 }];
  for (const { name: scorer, says, least, score } of [...definition.scorers, ...scorers])
    scores.push({ scorer, says, least, score: await score(outcome) });
  const calls = outcome.calls.map(({ action, error }) => ({ action, ...(error ? { error } : {}) }));
  return { agent, conversation: name, scores, cost: await costOf(house, conversationId), text: outcome.text, calls };
}

async function idOf({ does, operator }: EvalHouse, name: string): Promise<string> {
  const { items } = await does<{ items: { agentId: string; name: string }[] }>(operator, 'workforce.list-agents', { limit: 100 });
  const found = items.find((agent) => agent.name === name);
  if (!found) throw new Error(`${name} does not work in this house.`);
  return found.agentId;
}

function callOf({ action, input, error }: NonNullable<Kept['tool']>): MadeCall {
  return { action, input, ...(error ? { error } : {}) };
}

/** By whatever the agent did since then, in this conversation and beside it; what the governor notes of a call that waits is none of it. */
async function changesBy({ database, kernel }: EvalHouse, agentId: string, since: string): Promise<ChangedRow[]> {
  const rows = await database.rows<{ table: string; operation: ChangedRow['operation']; before: string; after: string }>(
    sql`select c.schema_name || '.' || c.table_name as table, c.operation, coalesce(c.before, '{}') as before, coalesce(c.after, '{}') as after
      from core.changes c where c.id > ${since}::bigint and c.schema_name <> 'core' and exists (
        select 1 from core.audit_entries e where e.call_id = c.call_id and e.actor = ${agentId}) order by c.id`,
  );
  const books = new Set([...kernel.plugins.values()].flatMap(({ governor }) => governor?.books ?? []));
  // how it ends its task, and hands on a part of it, is no change in the house
  const changed = rows.filter(({ table }) => !books.has(table) && table !== 'workforce.tasks');
  return changed.map(({ table, operation, ...row }) => {
    const [before, after] = [row.before, row.after].map((text) => JSON.parse(text) as Record<string, unknown>);
    const columns = Object.keys({ ...before, ...after }).filter((column) => before?.[column] !== after?.[column]);
    return { table, operation, columns, before: before ?? {}, after: after ?? {} };
  });
}

async function costOf({ database }: EvalHouse, conversationId: string): Promise<Evaluated['cost']> {
  const [paid] = await database.rows<{ cost: string; read: string; written: string }>(
    sql`select coalesce(sum(s.cost_micro_usd), 0)::text as cost, coalesce(sum(s.input_tokens), 0)::text as read,
        coalesce(sum(s.output_tokens), 0)::text as written
      from workforce.steps s join workforce.runs r on r.id = s.run_id where r.conversation_id = ${conversationId}`,
  );
  return { microUsd: Number(paid?.cost), inputTokens: Number(paid?.read), outputTokens: Number(paid?.written) };
}
