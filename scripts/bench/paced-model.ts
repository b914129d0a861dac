// A model that is none: it answers each chat completion (OpenAI's form) with numbered words at a steady pace. A process of its own, so that
// its work is not counted as the house's. It prints its port, and ends when what it reads from ends.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const [words = 100, perSecond = 50] = process.argv.slice(2).map(Number);
const BEAT_MS = 1000 / perSecond;

/** The first word says what was asked last, and after how many milliseconds the model began to speak. */
function firstWord(body: string, askedAt: number): string {
  const { messages } = JSON.parse(body) as { messages: { content: unknown }[] };
  const content = messages.at(-1)?.content;
  const text = Array.isArray(content) ? String((content[0] as { text?: unknown }).text) : String(content);
  return `${text}|${(performance.now() - askedAt).toFixed(2)}|`;
}

const server = createServer((request, response) => {
  const askedAt = performance.now();
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    speak(response, () => firstWord(body, askedAt));
  });
});

function speak(response: ServerResponse, first: () => string): void {
  let said = 0;
  const timer = setInterval(() => {
    if (response.destroyed) return clearInterval(timer);
    response.write(chunk({ content: said === 0 ? first() : ` ${said}` }));
    said += 1;
    if (said <= words) return;
    clearInterval(timer);
    response.write(chunk({}, 'stop'));
    const usage = { prompt_tokens: 100, completion_tokens: words + 1, total_tokens: words + 101 };
    response.end(`data: ${JSON.stringify({ ...ABOUT, choices: [], usage })}\n\ndata: [DONE]\n\n`);
  }, BEAT_MS);
}

const ABOUT = { id: 'paced', object: 'chat.completion.chunk', created: 1, model: 'paced' };

function chunk(delta: object, reason: string | null = null): string {
  return `data: ${JSON.stringify({ ...ABOUT, choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume().on('end', () => process.exit());
