import { expect, test } from 'vitest';
import { eventData } from './event-stream.ts';

async function read(chunks: readonly string[]): Promise<string[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  const found: string[] = [];
  for await (const data of eventData(body)) found.push(data);
  return found;
}

test('events are found wherever the stream was cut, and comments and empty ones are left out', async () => {
  const text = ': alive\n\nid: 1\ndata:\n\nevent: message\ndata: {"a":\ndata: "ü"}\n\ndata: two\r\n\r\n';
  const whole = ['{"a":\n"ü"}', 'two'];
  expect(await read([text])).toEqual(whole);
  expect(await read([...text])).toEqual(whole);
});

test('an event that the stream breaks off in is none', async () => {
  expect(await read(['data: one\n\ndata: tw'])).toEqual(['one']);
});
