// Events as `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html).
import type { UiEvent } from './ui-events.ts';

/** Words that follow a word wait so long for others: each write to a socket costs, and nobody reads quicker. */
const GATHER_MS = 80;

/** What `work` emits, as a response. What is said after the listener has left goes nowhere; the work goes on. */
export function eventStream(work: (emit: (event: UiEvent) => void) => Promise<void>): Response {
  const encoder = new TextEncoder();
  let listening = true;
  let [gathered, isMidText] = ['', false];
  let timer: NodeJS.Timeout | undefined;
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const flush = () => {
        clearTimeout(timer);
        timer = undefined;
        if (listening && gathered !== '') controller.enqueue(encoder.encode(gathered));
        gathered = '';
      };
      await work((event) => {
        gathered += `data: ${JSON.stringify(event)}\n\n`;
        const isWord = event.type === 'text-delta';
        if (isWord && isMidText) timer ??= setTimeout(flush, GATHER_MS);
        else queueMicrotask(flush);
        isMidText = isWord;
      });
      gathered += 'data: [DONE]\n\n';
      flush();
      if (listening) controller.close();
    },
    cancel() {
      listening = false;
      clearTimeout(timer);
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-vercel-ai-ui-message-stream': 'v1',
    },
  });
}
