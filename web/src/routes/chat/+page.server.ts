import { error, redirect } from '@sveltejs/kit';
import { ClientError } from '@troupe-os/core/client';
import { decide } from '#lib/server/decide.ts';
import { textOf } from '#lib/server/form-text.ts';
import { holds, type Me, mayEnter } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';
import type { AttachedFile, ChatState, Conversations, Message, OpenConversation } from './wire.ts';

const USE = 'workforce.conversation.use';
/** Approvals of one conversation that are shown with what became of them. */
const MOST_ASKS = 5;

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  const me = await assertMayChat(locals);
  depends('chat:conversation');
  const id = url.searchParams.get('c');
  const [state, conversations, open] = await Promise.all([
    read<ChatState>(locals, '/chat/state'),
    read<Conversations>(locals, '/chat/conversations?limit=50'),
    id ? read<OpenConversation>(locals, `/chat/conversations/${encodeURIComponent(id)}`) : undefined,
  ]);
  const { asks, waiting } = await asksFor(locals, me, open?.messages ?? []);
  const spoken = [...asks, ...waiting].flatMap(({ requester, onBehalfOf, votes }) => [
    requester,
    onBehalfOf,
    ...votes.map(({ person }) => person),
  ]);
  return {
    ...{ state, conversations: conversations.items, open, asks, waiting },
    names: await namesOf(locals, spoken),
    agentId: state.agents.find(({ agentId }) => agentId === url.searchParams.get('agent'))?.agentId,
    maySeeCalls: mayEnter(me, 'audit'),
    isMine: !open || open.conversation.ownerId === me.id,
  };
};

/** What was asked for in this conversation, and what else waits for this person's yes or no. */
async function asksFor(locals: App.Locals, me: Me, messages: readonly Message[]) {
  const { governance } = locals.api;
  if (!mayEnter(me, 'approvals')) return { asks: [], waiting: [] };
  const here = [...new Set(messages.flatMap(({ tool }) => tool?.approvalId ?? []))].slice(-MOST_ASKS);
  const pending = holds(me, 'governance.approval.decide')
    ? await governance.listApprovals({ state: 'pending', limit: 100 })
    : undefined;
  const others = pending?.items.filter(({ mayVote, approvalId }) => mayVote && !here.includes(approvalId)) ?? [];
  // somebody else's, or none any more: it is left out
  const get = (approvalId: string) =>
    governance.getApproval({ approvalId }).catch((thrown: unknown) => {
      if (thrown instanceof ClientError && thrown.code === 'governance.unknown_approval') return undefined;
      throw thrown;
    });
  const [asks, waiting] = await Promise.all([
    Promise.all(here.map(get)),
    Promise.all(others.slice(0, MOST_ASKS).map(({ approvalId }) => get(approvalId))),
  ]);
  return { asks: asks.filter((ask) => ask !== undefined), waiting: waiting.filter((ask) => ask !== undefined) };
}

export const actions: Actions = {
  /** The way without scripts: says something, waits for the whole answer, and shows the conversation again. */
  say: async ({ request, locals, url }) => {
    await assertMayChat(locals);
    const form = await request.formData();
    const [text = '', replaces] = [textOf(form, 'text'), textOf(form, 'replaces')];
    const picked = form.getAll('files').filter((entry) => entry instanceof File && entry.size > 0) as File[];
    if (!text && picked.length === 0) return notYet('Type something to say.', {});
    let id = url.searchParams.get('c');
    try {
      const files: AttachedFile[] = [];
      for (const file of picked) files.push(await locals.upload(`/chat/files?${new URLSearchParams({ text })}`, file));
      id ??= await begin(locals, url.searchParams.get('agent'));
      const said = { text, files, ...(replaces ? { replaces } : {}) };
      const answer = await locals.ask(`/chat/conversations/${encodeURIComponent(id)}/messages`, said);
      await answer.text();
    } catch (error) {
      return refusal(error, { text });
    }
    redirect(303, `/chat?c=${encodeURIComponent(id)}`);
  },
  approve: (event) => decide(event, 'yes'),
  decline: (event) => decide(event, 'no'),
  takeBack: (event) => decide(event, 'back'),
  rename: async ({ request, locals, url }) => {
    const title = textOf(await request.formData(), 'title');
    if (!title) return notYet('Give it a name.', {});
    try {
      await locals.ask(`/chat/conversations/${encodeURIComponent(url.searchParams.get('c') ?? '')}/title`, { title });
    } catch (error) {
      return refusal(error, {});
    }
    return {};
  },
};

async function assertMayChat(locals: App.Locals) {
  const me = await locals.me();
  if (me.kind === 'guest' || !holds(me, USE)) error(404, 'There is no such page, or it is not yours to see.');
  return me;
}

async function read<T>(locals: App.Locals, path: string): Promise<T> {
  return (await (await locals.ask(path)).json()) as T;
}

async function begin(locals: App.Locals, agentId: string | null): Promise<string> {
  const response = await locals.ask('/chat/conversations', agentId ? { agentId } : {});
  return ((await response.json()) as { conversationId: string }).conversationId;
}
