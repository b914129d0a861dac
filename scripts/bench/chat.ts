// How many conversations at once a house answers: each person says something, reads the whole answer as it is streamed, and goes on.
// Measured is the time from a message to the first word, less the time that the model itself took to begin.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readEvents } from '../../bots/src/terminal/events.ts';
import { leftOut, onEachDatabase, type Place } from './places.ts';
import { treeCpuSeconds, treeMemory } from './process-memory.ts';
import { quantile, type Report, type Table } from './report.ts';
import { ask, type BenchServer, startServer } from './server.ts';

const SIZES = (process.env.BENCH_CONVERSATIONS ?? '25,50,100,200').split(',').map(Number);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
const WORDS = Number(process.env.BENCH_WORDS ?? 100);
const WORDS_PER_SECOND = 50;
const BAR_MS = 150;
/** A cent for a million tokens: budgets are kept, and last. */
const PRICE = '10000';

export async function run(): Promise<Report> {
  return {
    tables: await onEachDatabase(async (place) => [await benchPlace(place)]),
    notes: [
      `Each conversation is always being answered: ${WORDS} words at ${WORDS_PER_SECOND} a second, then the next message at once.`,
      `ms: from a message to the first word, less the model's own time to begin. Bar: p95 at most ${BAR_MS}.`,
      'cores: of the house alone, without model, database server and those who listen, who share the machine with it.',
      'wrong: answers with a word lost, doubled or out of order, as streamed or as kept; messages that are missing in a conversation.',
      ...leftOut(),
    ],
  };
}

async function benchPlace(place: Place): Promise<Table> {
  const model = spawn(process.execPath, [join(import.meta.dirname, 'paced-model.ts'), String(WORDS), String(WORDS_PER_SECOND)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(model.stdout, 'data')) as [Buffer];
  const server = await startServer(await place.newHome(), {
    words: ['--empty'],
    env: {
      TROUPE_MODEL: 'custom/paced',
      TROUPE_MODEL_URL: `http://127.0.0.1:${String(port).trim()}/v1`,
      TROUPE_CALL_LIMITS: 'off',
      // `--cpu-prof`, say
      ...(process.env.BENCH_NODE_OPTIONS ? { NODE_OPTIONS: process.env.BENCH_NODE_OPTIONS } : {}),
    },
  });
  try {
    const talker = await newTalker(server);
    await converse(server, talker, { conversations: 2, seconds: 2 });
    const rows: (string | number)[][] = [];
    for (const conversations of SIZES) rows.push(await converse(server, talker, { conversations, seconds: SECONDS }));
    return {
      title: `${place.kind}, chat`,
      columns: ['at once', 'answers', 'p50 ms', 'p95 ms', 'p99 ms', 'words/s', 'cores', 'MiB', 'wrong'],
      rows,
    };
  } finally {
    await server.stop();
    model.stdin.end();
    await once(model, 'close');
  }
}

/** What an editor's browser sends along. */
async function newTalker(server: BenchServer): Promise<Record<string, string>> {
  await ask(server, 'workforce.set-model-price', { model: 'custom/paced', inputMicroUsd: PRICE, outputMicroUsd: PRICE });
  for (const kind of ['agent', 'person'])
    await ask(server, 'workforce.set-budget', { kind, actorId: '*', dailyMicroUsd: '1000000000000' });
  const { personId } = await ask<{ personId: string }>(server, 'identity.create-person', {
    name: 'Ann',
    email: 'ann@people.test',
  });
  await ask(server, 'identity.grant-role', { personId, role: 'editor' });
  const { link } = await ask<{ link: string }>(server, 'identity.create-link', { personId });
  const { session } = await ask<{ session: string }>(server, 'identity.redeem-link', { link });
  return { cookie: `troupe_session=${session}`, origin: server.url, 'content-type': 'application/json' };
}

async function converse(
  server: BenchServer,
  headers: Record<string, string>,
  { conversations, seconds }: { conversations: number; seconds: number },
): Promise<(string | number)[]> {
  const began = performance.now();
  const cpu = treeCpuSeconds(server.pid);
  const until = began + seconds * 1000;
  const talks = await Promise.all(
    Array.from({ length: conversations }, async (_, at) => {
      // not all in the same instant: nobody presses a key with two hundred others
      await new Promise((resolve) => setTimeout(resolve, ((at / conversations) * WORDS * 1000) / WORDS_PER_SECOND));
      return talk(server, headers, until);
    }),
  );
  const took = (performance.now() - began) / 1000;
  const cores = (treeCpuSeconds(server.pid) - cpu) / took;
  const added = talks.flatMap(({ added }) => added).sort((one, other) => one - other);
  const ms = (share: number) => quantile(added, share).toFixed(1);
  const memory = treeMemory(server.pid)?.toFixed(0) ?? '';
  const wrong = talks.reduce((sum, talk) => sum + talk.wrong, 0);
  const words = Math.round((added.length * (WORDS + 1)) / took);
  return [conversations, added.length, ms(0.5), ms(0.95), ms(0.99), words, cores.toFixed(2), memory, wrong];
}

const numbers = Array.from({ length: WORDS }, (_, at) => ` ${at + 1}`).join('');

async function talk(server: BenchServer, headers: Record<string, string>, until: number) {
  const post = (path: string, body: object) =>
    fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const { conversationId } = (await (await post('/chat/conversations', {})).json()) as { conversationId: string };
  const added: number[] = [];
  let wrong = 0;
  while (performance.now() < until) {
    const said = crypto.randomUUID();
    const at = performance.now();
    const response = await post(`/chat/conversations/${conversationId}/messages`, { text: said });
    if (!response.body) throw new Error(`${response.status}`);
    let text = '';
    let first: number | undefined;
    for await (const event of readEvents(response.body)) {
      if (event.type === 'error') throw new Error(`${event.code}: ${event.errorText}`);
      if (event.type !== 'text-delta') continue;
      first ??= performance.now();
      text += event.delta;
    }
    const [echo, own, rest] = text.split('|');
    added.push((first ?? Number.NaN) - at - Number(own));
    if (echo !== said || rest !== numbers) wrong += 1;
  }
  const kept = (await (await fetch(`${server.url}/chat/conversations/${conversationId}?limit=100`, { headers })).json()) as {
    messages: { sequence: number; author: string; text: string; status: string }[];
  };
  const asKept = kept.messages.filter(
    ({ author, text, status }) => author === 'agent' && status === 'done' && text.endsWith(`|${numbers}`),
  );
  const gaps = kept.messages.filter(
    ({ sequence }, at) => at > 0 && sequence !== (kept.messages[at - 1]?.sequence ?? 0) + 1,
  ).length;
  return { added, wrong: wrong + gaps + Math.abs(asKept.length - Math.min(added.length, 50)) };
}
