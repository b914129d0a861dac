// Events as `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html).
import type { Emit } from './ui-events.ts';

/** Words that follow a word wait so long for others: each write to a socket costs, and nobody reads quicker. */
const GATHER_MS = 80;
const MOST_UNREAD_BYTES = 4_000_000;

/** What `work` emits until it ends, as a response; `left` is aborted when the listener goes. */
export function eventStream(work: (emit: Emit, left: AbortSignal) => Promise<void>): Response {
  const encoder = new TextEncoder();
  const left = new AbortController();
  let [gathered, isMidText] = ['', false];
  let timer: NodeJS.Timeout | undefined;
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async start(controller) {
      const flush = () => {
        clearTimeout(timer);
        timer = undefined;
        const isBehind = (controller.desiredSize ?? 1) <= 0;
        if (!left.signal.aborted && gathered !== '') controller.enqueue(encoder.encode(gathered));
        gathered = '';
        if (!isBehind || left.signal.aborted) return;
        // who does not read is let go of, and may come back for it
        left.abort();
        controller.close();
      };
      await work((event) => {
        if (left.signal.aborted) return;
        gathered += `data: ${JSON.stringify(event)}\n\n`;
        const isWord = event.type === 'text-delta';
        if (isWord && isMidText) timer ??= setTimeout(flush, GATHER_MS);
        else queueMicrotask(flush);
        isMidText = isWord;
      }, left.signal);
      gathered += 'data: [DONE]\n\n';
      flush();
      if (!left.signal.aborted) controller.close();
    },
    cancel() {
      left.abort();
      clearTimeout(timer);
    },
  };
  const body = new ReadableStream(source, new ByteLengthQueuingStrategy({ highWaterMark: MOST_UNREAD_BYTES }));
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-vercel-ai-ui-message-stream': 'v1',
    },
  });
}
