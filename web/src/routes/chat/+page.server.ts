import { error, redirect } from '@sveltejs/kit';
import { textOf } from '#lib/server/form-text.ts';
import { holds, mayEnter } from '#lib/server/me.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';
import type { ChatState, Conversations, OpenConversation } from './wire.ts';

const USE = 'workforce.conversation.use';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  const me = await assertMayChat(locals);
  depends('chat:conversation');
  const id = url.searchParams.get('c');
  const [state, conversations, open] = await Promise.all([
    read<ChatState>(locals, '/chat/state'),
    read<Conversations>(locals, '/chat/conversations?limit=50'),
    id ? read<OpenConversation>(locals, `/chat/conversations/${encodeURIComponent(id)}`) : undefined,
  ]);
  return { state, conversations: conversations.items, open, maySeeCalls: mayEnter(me, 'audit') };
};

export const actions: Actions = {
  /** The way without scripts: says something, waits for the whole answer, and shows the conversation again. */
  say: async ({ request, locals, url }) => {
    await assertMayChat(locals);
    const text = textOf(await request.formData(), 'text');
    if (!text) return notYet('Type something to say.', {});
    let id = url.searchParams.get('c');
    try {
      id ??= await begin(locals);
      const answer = await locals.ask(`/chat/conversations/${encodeURIComponent(id)}/messages`, { text });
      await answer.text();
    } catch (error) {
      return refusal(error, { text });
    }
    redirect(303, `/chat?c=${encodeURIComponent(id)}`);
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

async function begin(locals: App.Locals): Promise<string> {
  const response = await locals.ask('/chat/conversations', {});
  return ((await response.json()) as { conversationId: string }).conversationId;
}
