// How soon Discord is answered while the house is busy, and what becomes of a flood on Telegram. Both platforms are doubles in this process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { TOKEN as DISCORD_TOKEN, type DiscordDouble, startDiscord } from '../../bots/testing/discord.ts';
import { startTelegram, TOKEN as TELEGRAM_TOKEN, type TelegramDouble, type TelegramUser } from '../../bots/testing/telegram.ts';
import { leftOut, onEachDatabase, type Place } from './places.ts';
import { quantile, type Report, type Table } from './report.ts';
import { ask, type BenchServer, startServer } from './server.ts';

const BUSY = Number(process.env.BENCH_RUNS ?? 50);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
const FLOOD = Number(process.env.BENCH_UPDATES ?? 1_000);
const CHATS = 20;
/** People who only run commands. */
const QUICK = 10;
const PER_SECOND = 10;
const BAR_MS = 1_000;

export async function run(): Promise<Report> {
  return {
    tables: await onEachDatabase((place) => benchPlace(place)),
    notes: [
      `Discord: ${BUSY} answers are being written all the time, each shown while it grows, at 50 words a second by the model; ${PER_SECOND} slash commands a second for ${SECONDS} s.`,
      `ms: from the interaction to its acknowledgement, as Discord sees it. Bar: p99 at most ${BAR_MS}.`,
      `Telegram: ${FLOOD} commands in ${CHATS} chats at once, each update sent twice. wrong: kept twice, not at all, or out of order.`,
      ...leftOut(),
    ],
  };
}

async function benchPlace(place: Place): Promise<Table[]> {
  const [discord, telegram] = [await startDiscord(), await startTelegram()];
  const model = spawn(process.execPath, [join(import.meta.dirname, 'paced-model.ts'), '400', '50'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(model.stdout, 'data')) as [Buffer];
  const server = await startServer(await place.newHome(), {
    words: ['--empty'],
    env: {
      ...{
        TROUPE_MODEL: 'custom/paced',
        TROUPE_MODEL_URL: `http://127.0.0.1:${String(port).trim()}/v1`,
        TROUPE_CALL_LIMITS: 'off',
      },
      ...{ TROUPE_TELEGRAM_TOKEN: TELEGRAM_TOKEN, TROUPE_TELEGRAM_API: telegram.apiRoot },
      ...{ TROUPE_DISCORD_TOKEN: DISCORD_TOKEN, TROUPE_DISCORD_API: discord.apiRoot },
    },
  });
  try {
    await ask(server, 'workforce.set-model-price', { model: 'custom/paced', inputMicroUsd: '0', outputMicroUsd: '0' });
    const flood = await floodTelegram(server, telegram);
    const busy = await busyDiscord(server, discord);
    return [
      { title: `${place.kind}, Telegram, a flood`, columns: ['updates', 'seconds', 'handled/s', 'wrong'], rows: [flood] },
      {
        title: `${place.kind}, Discord, acknowledged`,
        columns: ['runs', 'interactions', 'p50 ms', 'p99 ms', 'most ms', 'answered'],
        rows: [busy],
      },
    ];
  } finally {
    await server.stop();
    model.stdin.end();
    await Promise.all([once(model, 'close'), discord.close(), telegram.close()]);
  }
}

/** Somebody with a session, and the code that links an account of theirs. */
async function newPerson(server: BenchServer, name: string, channel: 'telegram' | 'discord') {
  const email = `${name.toLowerCase()}@people.test`;
  const { personId } = await ask<{ personId: string }>(server, 'identity.create-person', { name, email });
  await ask(server, 'identity.grant-role', { personId, role: 'viewer' });
  const { link } = await ask<{ link: string }>(server, 'identity.create-link', { personId });
  const { session } = await ask<{ session: string }>(server, 'identity.redeem-link', { link });
  const headers = { cookie: `troupe_session=${session}`, origin: server.url, 'content-type': 'application/json' };
  const made = await fetch(`${server.url}/api/identity/begin-account-link`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ channel }),
  });
  return { headers, code: ((await made.json()) as { code: string }).code };
}

async function floodTelegram(server: BenchServer, telegram: TelegramDouble): Promise<(string | number)[]> {
  const people: { headers: Record<string, string>; user: TelegramUser; said: string[] }[] = [];
  for (let at = 0; at < CHATS; at += 1) {
    const { headers, code } = await newPerson(server, `Teller${at}`, 'telegram');
    const user = telegram.user(`Teller${at}`);
    user.says(`/start ${code}`);
    user.presses(await telegram.until(user.id, ({ buttons }) => buttons.length === 2), 'Yes');
    await telegram.until(user.id, ({ text }) => text.startsWith('Hello'));
    people.push({ headers, user, said: [] });
  }
  const began = performance.now();
  const updates = Array.from({ length: FLOOD }, (_, at) => {
    const { user, said } = people[at % CHATS] as (typeof people)[number];
    const text = `/workforce list-agents limit=${(at % 100) + 1}`;
    said.push(text);
    return user.says(text);
  });
  for (const update of updates) telegram.redeliver(update);
  const before = 2; // what linking has shown
  while (people.some(({ user, said }) => telegram.shown(user.id).length < said.length + before)) await after(20);
  const seconds = (performance.now() - began) / 1000;
  while (telegram.unconfirmed() > 0) await after(20);
  let wrong = 0;
  for (const { headers, user, said } of people) {
    wrong += Math.abs(telegram.shown(user.id).length - before - said.length);
    const kept = await keptBy(server, headers);
    wrong += said.filter((text, at) => kept[at] !== text).length + Math.abs(kept.length - said.length);
  }
  return [FLOOD, seconds.toFixed(1), (FLOOD / seconds).toFixed(0), wrong];
}

/** What a person said, in their only conversation, as it is kept. */
async function keptBy(server: BenchServer, headers: Record<string, string>): Promise<string[]> {
  const get = async <T>(path: string) => (await (await fetch(`${server.url}${path}`, { headers })).json()) as T;
  const { items } = await get<{ items: { conversationId: string }[] }>('/chat/conversations');
  const said: string[] = [];
  for (let before: number | undefined = 1_000_000; before !== undefined; ) {
    const page: { messages: { author: string; text: string }[]; earlier?: number } = await get(
      `/chat/conversations/${items[0]?.conversationId}?limit=100&before=${before}`,
    );
    said.unshift(...page.messages.filter(({ author }) => author === 'person').map(({ text }) => text));
    before = page.earlier;
  }
  return said;
}

async function busyDiscord(server: BenchServer, discord: DiscordDouble): Promise<(string | number)[]> {
  await discord.connected;
  const all = [];
  for (let at = 0; at < BUSY + QUICK; at += 1) {
    const { code } = await newPerson(server, `Busy${at}`, 'discord');
    const user = discord.user(`Busy${at}`);
    user.runs('link', { code });
    user.presses(await discord.until(user.dm, ({ buttons }) => buttons.length === 2), 'Yes');
    await discord.until(user.dm, ({ text }) => text.startsWith('Hello'));
    all.push(user);
  }
  const [users, quick] = [all.slice(0, BUSY), all.slice(BUSY)];
  // an answer takes eight seconds: each person always waits for one
  const rounds = Math.ceil(SECONDS / 8) + 1;
  for (const user of users) for (let round = 0; round < rounds; round += 1) user.says(`Question ${round}`);
  await Promise.all(users.map((user) => discord.until(user.dm, ({ text }) => text.startsWith('Question 0'))));
  const asked = discord.acknowledged.length;
  for (let tick = 0; tick < SECONDS * PER_SECOND; tick += 1) {
    quick[tick % QUICK]?.runs('run', { command: `workforce list-agents limit=${(tick % 100) + 1}` });
    await after(1000 / PER_SECOND);
  }
  while (discord.acknowledged.length < asked + SECONDS * PER_SECOND) await after(20);
  const took = discord.acknowledged.slice(asked).sort((one, other) => one - other);
  const before = 3; // what linking has shown
  const answers = () => quick.reduce((sum, user) => sum + discord.shown(user.dm).length - before, 0);
  while (answers() < took.length) await after(20);
  const ms = (value: number) => value.toFixed(1);
  return [BUSY, took.length, ms(quantile(took, 0.5)), ms(quantile(took, 0.99)), ms(took.at(-1) ?? 0), answers()];
}
