// After a blow: every call that was acknowledged, or never answered, is asked again with its key.
import { setTimeout } from 'node:timers/promises';
import type { Attempt } from './load.ts';
import { ask, type Reply, type Server } from './server.ts';

const AT_ONCE = 5;
const MOST_TRIES = 200;
const PAUSE_MS = 100;

interface Asking {
  readonly counts: { inDoubt: number; doneInDoubt: number; repeats: number };
  told(sentence: string): void;
}

/** Answers the attempts with what is known of each now. */
export async function putToTheQuestion(
  server: Server,
  attempts: readonly Attempt[],
  { counts, told }: Asking,
): Promise<Attempt[]> {
  const known: Attempt[] = [];
  const waiting = [...attempts];
  const askOn = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) known.push(await settle(one));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askOn));
  return known;

  async function settle(attempt: Attempt): Promise<Attempt> {
    const { reply: before, action } = attempt;
    const isInDoubt = before === undefined || before.status >= 500;
    if (before?.body.code === 'core.internal') told(`${action} answered core.internal`);
    if (!isInDoubt && before.status !== 200) return attempt; // refused: nothing was done, and the key is free
    const now = await askFirmly(server, attempt);
    counts.repeats += 1;
    if (isInDoubt) {
      counts.inDoubt += 1;
      if (now?.replayed) counts.doneInDoubt += 1; // it was done, only its answer was lost
      if (now === undefined || now.status >= 500) told(`${action} cannot be answered: ${now?.status} ${now?.body.code}`);
      return { ...attempt, reply: now };
    }
    if (now?.status !== 200 || !now.replayed || now.callId !== before.callId || !isSame(now, before))
      told(`${action} was acknowledged as ${text(before)} and is answered ${now ? text(now) : 'nothing'}`);
    return attempt;
  }
}

/** Busy and unavailable are asked again, as a caller would. */
async function askFirmly(server: Server, attempt: Attempt): Promise<Reply | undefined> {
  let reply = await ask(server, attempt);
  for (let tries = 1; tries < MOST_TRIES && (reply === undefined || reply.status >= 500); tries++) {
    await setTimeout(PAUSE_MS);
    reply = await ask(server, attempt);
  }
  return reply;
}

const isSame = (one: Reply, other: Reply) => JSON.stringify(one.body) === JSON.stringify(other.body);
const text = ({ status, callId, body }: Reply) => `${status} ${callId} ${JSON.stringify(body)}`;
