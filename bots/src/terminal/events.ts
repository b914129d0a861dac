// Reads `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html), as far as chat uses it: one `data` line an event.
import type { UiEvent } from '../ui-events.ts';

/** The events of a stream, until its end or `[DONE]`. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<UiEvent> {
  const decoder = new TextDecoder();
  let waiting = '';
  for await (const bytes of body) {
    waiting += decoder.decode(bytes, { stream: true });
    const blocks = waiting.split('\n\n');
    waiting = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block.replace(/^data: ?/, '');
      if (data === '[DONE]') return;
      yield JSON.parse(data) as UiEvent; // the server is ours, of the same version
    }
  }
}
