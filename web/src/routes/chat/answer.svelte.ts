// One answer while it is being written: reads the stream of the chat surface, and steps aside once the conversation holds it.
import { goto, replaceState } from '$app/navigation';
import type { Message, StreamEvent, ToolCall } from './wire.ts';

export class Answer {
  text = $state('');
  problem = $state('');
  isBusy = $state(false);
  #said = $state('');
  #calls = $state<ToolCall[]>([]);
  #conversation = '';
  #isFollowing = $state(false);

  /** What the conversation does not hold yet. */
  messages = $derived.by((): Message[] => {
    if (!this.isBusy) return [];
    const shared = { status: 'streaming', createdAt: '' } as const;
    const calls = this.#calls.map(
      (tool, at): Message => ({ ...shared, messageId: `call-${at}`, author: 'tool', authorName: '', text: '', tool }),
    );
    const said: Message = { ...shared, messageId: 'said', author: 'person', authorName: 'You', text: this.#said };
    return [
      ...(this.#isFollowing ? [] : [said]),
      ...calls,
      { ...shared, messageId: 'answer', author: 'agent', authorName: 'Answering', text: this.text || '…' },
    ];
  });

  /** Says something in a conversation, or in a new one; `refresh` reads the conversation again. */
  ask = async (conversationId: string | undefined, text: string, refresh: () => Promise<void>) => {
    this.#begin(text);
    try {
      this.#conversation = conversationId ?? (await begin());
      // whoever reloads comes back to it
      if (!conversationId) replaceState(`/chat?c=${this.#conversation}`, {});
      for await (const event of read(await post(`/chat/conversations/${this.#conversation}/messages`, { text })))
        this.#take(event);
      if (conversationId) await refresh();
      else await goto(`/chat?c=${this.#conversation}`);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    this.isBusy = false;
  };

  /** Takes up an answer that was being written when the page came: from its beginning, as far as this house's process writes it. */
  follow = async (conversationId: string, refresh: () => Promise<void>, signal: AbortSignal) => {
    this.#conversation = conversationId;
    try {
      const response = await fetch(`/chat/conversations/${conversationId}/answer`, { signal });
      if (response.status === 200) {
        this.#begin('', true);
        for await (const event of read(response)) this.#take(event);
      } else await later(signal);
      if (!signal.aborted) await refresh();
    } catch (error) {
      if (!signal.aborted) this.problem = error instanceof Error ? error.message : String(error);
    }
    this.isBusy = false;
  };

  stop = () => {
    void post(`/chat/conversations/${this.#conversation}/stop`, {});
  };

  #begin(said: string, isFollowing = false): void {
    this.text = '';
    this.problem = '';
    this.#said = said;
    this.#calls = [];
    this.#isFollowing = isFollowing;
    this.isBusy = true;
  }

  #take(event: StreamEvent): void {
    if (event.type === 'text-delta') this.text += event.delta;
    else if (event.type === 'data-call') this.#calls.push(event.data);
    else if (event.type === 'error') this.problem = event.errorText;
  }
}

/** Another process writes it, or none for a moment: it is looked at again. */
const AGAIN_MS = 2000;

function later(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, AGAIN_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function begin(): Promise<string> {
  const { conversationId } = (await (await post('/chat/conversations', {})).json()) as { conversationId: string };
  return conversationId;
}

async function post(path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.ok) return response;
  const { message } = (await response.json()) as { message?: string };
  throw new Error(message ?? 'The chat did not answer as expected.');
}

/** Events of a stream of `data:` lines (HTML standard, section 9.2). */
async function* read(response: Response): AsyncGenerator<StreamEvent> {
  if (!response.body) return;
  let rest = '';
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const events = (rest + decoder.decode(part.value, { stream: true })).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const data = event.replace(/^data: /, '');
      if (event.startsWith('data: ') && data !== '[DONE]') yield JSON.parse(data) as StreamEvent;
    }
  }
}
