// One answer while it is being written: reads the stream of the chat surface, and steps aside once the conversation holds it.
import { goto, replaceState } from '$app/navigation';
import type { AttachedFile, Message, Saying, StreamEvent, ToolCall } from './wire.ts';

interface Following {
  /** Whether the conversation, as it was read last, has an answer that is being written. */
  isWritten(): boolean;
  refresh(): Promise<void>;
  readonly signal: AbortSignal;
}

interface Asked {
  /** With whom a new conversation is. */
  readonly agentId: string | undefined;
  /** Reads the conversation again. */
  refresh(): Promise<void>;
}

export class Answer {
  text = $state('');
  problem = $state('');
  /** What is being done before anything is said. */
  preparing = $state('');
  /** What stands no more, from this number on. */
  replacesFrom = $state(Number.POSITIVE_INFINITY);
  isAsking = $state(false);
  /** The conversation that it belongs to. */
  conversation = $state<string>();
  #isFollowing = $state(false);
  #said = $state('');
  #calls = $state<ToolCall[]>([]);

  isBusy = $derived(this.isAsking || this.#isFollowing);

  /** What the conversation does not hold yet. */
  messages = $derived.by((): Message[] => {
    if (!this.isBusy) return [];
    const shared = { status: 'streaming', createdAt: '', sequence: 0 } as const;
    const calls = this.#calls.map(
      (tool, at): Message => ({ ...shared, messageId: `call-${at}`, author: 'tool', authorName: '', text: '', tool }),
    );
    const said: Message = { ...shared, messageId: 'said', author: 'person', authorName: 'You', text: this.#said };
    return [
      ...(this.#isFollowing ? [] : [said]),
      ...calls,
      { ...shared, messageId: 'answer', author: 'agent', authorName: 'Answering', text: this.text || this.preparing || '…' },
    ];
  });

  /** Says something in a conversation, or in a new one. Answers whether it was taken. */
  ask = async (
    conversationId: string | undefined,
    { text, files = [], replaces }: Saying,
    { agentId, refresh }: Asked,
  ): Promise<boolean> => {
    let isTaken = false;
    this.#begin([text, ...files.map(({ name }) => `(File "${name}")`)].join('\n').trim());
    this.isAsking = true;
    this.replacesFrom = replaces?.sequence ?? Number.POSITIVE_INFINITY;
    try {
      const body = { text, files: await this.#attach(files, text), ...(replaces ? { replaces: replaces.messageId } : {}) };
      this.conversation = conversationId ?? (await begin(agentId));
      // whoever reloads comes back to it
      if (!conversationId) replaceState(`/chat?c=${this.conversation}`, {});
      const answer = await post(`/chat/conversations/${this.conversation}/messages`, body);
      isTaken = true;
      for await (const event of read(answer)) this.#take(event);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    // what was said is kept, whatever became of the answer
    if (conversationId || !this.conversation) await refresh();
    else if (new URL(location.href).searchParams.get('c') === this.conversation) await goto(`/chat?c=${this.conversation}`);
    this.isAsking = false;
    this.replacesFrom = Number.POSITIVE_INFINITY;
    return isTaken;
  };

  /** Takes up an answer that is being written: from its beginning where this process writes it, else by looking again and again. */
  follow = async (conversationId: string, { isWritten, refresh, signal }: Following) => {
    this.conversation = conversationId;
    while (!signal.aborted && isWritten()) {
      try {
        const response = await fetch(`/chat/conversations/${conversationId}/answer`, { signal });
        if (response.status === 200) {
          this.#begin('');
          this.#isFollowing = true;
          for await (const event of read(response)) this.#take(event);
        }
      } catch {
        // the line broke: the answer goes on, and is looked at again
      }
      if (!signal.aborted) await refresh();
      this.#isFollowing = false;
      if (isWritten()) await later(signal);
    }
  };

  stop = async () => {
    if (!this.conversation) return;
    try {
      const response = await post(`/chat/conversations/${this.conversation}/stop`, {});
      const { stopped } = (await response.json()) as { stopped: boolean };
      if (!stopped) this.problem = 'Another process of the house writes this answer: it cannot be stopped from here just now.';
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  };

  async #attach(files: readonly File[], text: string): Promise<AttachedFile[]> {
    const attached: AttachedFile[] = [];
    for (const [at, file] of files.entries()) {
      this.preparing = `Sending file ${at + 1} of ${files.length} …`;
      const where = `/chat/files?${new URLSearchParams({ name: file.name, text })}`;
      attached.push((await (await answered(fetch(where, { method: 'POST', body: file }))).json()) as AttachedFile);
    }
    this.preparing = '';
    return attached;
  }

  #begin(said: string): void {
    this.text = '';
    this.problem = '';
    this.preparing = '';
    this.#said = said;
    this.#calls = [];
  }

  #take(event: StreamEvent): void {
    if (event.type === 'text-delta') this.text += event.delta;
    else if (event.type === 'data-call') this.#calls.push(event.data);
    else if (event.type === 'error' && !event.kept) this.problem = event.errorText; // what is kept stands in the conversation
  }
}

/** Another process writes it, or none for a moment, or too many listen here. */
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

async function begin(agentId: string | undefined): Promise<string> {
  const { conversationId } = (await (await post('/chat/conversations', { agentId })).json()) as { conversationId: string };
  return conversationId;
}

const post = (path: string, body: object): Promise<Response> =>
  answered(fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }));

/** Errors: what was refused, in its words. */
async function answered(asked: Promise<Response>): Promise<Response> {
  const response = await asked;
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
