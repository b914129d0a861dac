// Somebody at a browser: signed in, in a conversation with an agent.
import { readEvents } from '../bots/src/terminal/events.ts';
import type { RunningServer } from './servers.ts';

/** What an answer's stream told of one tool call. */
export interface ToldCall {
  readonly action: string;
  readonly callId?: string;
  readonly outcome: string;
}

export interface Conversation {
  /** Says something and waits for the whole answer: its text, and the calls that were made for it. Throws what was told as a failure. */
  say(text: string): Promise<{ text: string; calls: ToldCall[] }>;
}

/** Starts a conversation with an agent, as a page of ours does with the session of whoever has signed in. */
export async function startConversation({ url }: RunningServer, session: string, agentId: string): Promise<Conversation> {
  const post = async (path: string, body: object) => {
    const response = await fetch(`${url}/chat/conversations${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', cookie: `troupe_session=${session}`, origin: url },
    });
    if (!response.ok) throw new Error(await response.text());
    return response;
  };
  const { conversationId } = (await (await post('', { agentId })).json()) as { conversationId: string };
  return {
    async say(text) {
      const { body } = await post(`/${conversationId}/messages`, { text });
      if (!body) throw new Error('An answer is a stream.');
      const answer = { text: '', calls: [] as ToldCall[] };
      for await (const event of readEvents(body)) {
        if (event.type === 'text-delta') answer.text += event.delta;
        if (event.type === 'data-call') answer.calls.push(event.data);
        if (event.type === 'error') throw new Error(event.errorText);
      }
      return answer;
    },
  };
}
