// What hears NOTIFY on a server: one connection, made anew when it is lost. What was told meanwhile is lost.
import { setTimeout } from 'node:timers/promises';
import { databaseErrors } from './errors.ts';
import { assertRole, Client, configOf, cut, end, QUICK, refusal, type SessionSettings } from './postgres-client.ts';
import { connectionRefusal } from './postgres-server.ts';
import { quoted } from './quoted.ts';

export interface Listener {
  /** Errors: those of connecting. Answers how to stop. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** Connects when there is something to hear. */
export function createListener(url: string, settings: SessionSettings & { readonly role: string }): Listener {
  const config = { ...configOf(url, settings), ...QUICK };
  const channels = new Map<string, Set<(payload: string) => void>>();
  let client: Client | undefined;
  let opening: Promise<Client> | undefined;
  let beingOpened: Client | undefined;
  let isClosed = false;

  async function connected(): Promise<Client> {
    if (client) return client;
    opening ??= open().finally(() => {
      opening = undefined;
    });
    return opening;
  }

  async function open(): Promise<Client> {
    const opened = new Client(config);
    beingOpened = opened;
    let isLost = false;
    opened.on('notification', ({ channel, payload = '' }) => {
      for (const heard of channels.get(channel) ?? []) queueMicrotask(() => heard(payload));
    });
    opened.on('end', () => {
      isLost = true;
      if (client === opened) void reopen();
    });
    try {
      await opened.connect().catch((error) => {
        throw connectionRefusal(error);
      });
      await assertRole(opened, settings.role);
      for (const channel of channels.keys()) await opened.query(`listen ${quoted(channel)}`);
      if (isLost || isClosed) throw databaseErrors.unreachable({ reason: 'closed' });
    } catch (error) {
      cut(opened);
      throw error;
    }
    client = opened;
    return opened;
  }

  async function reopen(): Promise<void> {
    client = undefined;
    for (let pause = FIRST_PAUSE_MS; !isClosed && channels.size > 0; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      if (await connected().catch(() => undefined)) return;
      await setTimeout(pause, undefined, { ref: false });
    }
  }

  function forget(channel: string, heard: (payload: string) => void): boolean {
    const all = channels.get(channel);
    all?.delete(heard);
    return all?.size === 0 && channels.delete(channel);
  }

  return {
    async listen(channel, tell) {
      const heard = (payload: string) => tell(payload); // the same function may listen twice
      channels.set(channel, (channels.get(channel) ?? new Set()).add(heard));
      try {
        await (await connected()).query(`listen ${quoted(channel)}`);
      } catch (error) {
        forget(channel, heard);
        throw refusal(error, databaseErrors.unreachable);
      }
      return async () => {
        if (!forget(channel, heard)) return;
        await client?.query(`unlisten ${quoted(channel)}`).catch(() => undefined); // a lost connection hears nothing either
      };
    },
    async close() {
      isClosed = true;
      const closing = client;
      client = undefined;
      if (opening && beingOpened) cut(beingOpened);
      if (closing) await end(closing);
      await opening?.catch(() => undefined);
    },
  };
}
