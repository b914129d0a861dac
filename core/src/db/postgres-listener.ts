// What hears NOTIFY on a server: one connection, made anew when it is lost. What was told meanwhile is lost.
import { setTimeout } from 'node:timers/promises';
import type postgres from 'postgres';
import { databaseErrors } from './errors.ts';
import { connect, refuse } from './postgres-connection.ts';
import { answered, type Options } from './postgres-pool.ts';
import { quoted } from './quoted.ts';

export interface Listener {
  /** Errors: those of connecting. Answers how to stop. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** Connects when there is something to hear. */
export function createListener(url: string, options: Options): Listener {
  const channels = new Map<string, Set<(payload: string) => void>>();
  let client: postgres.Sql | undefined;
  let opening: Promise<postgres.Sql> | undefined;
  let isClosed = false;

  const connected = async () => {
    if (client) return client;
    opening ??= open().finally(() => {
      opening = undefined;
    });
    return opening;
  };

  async function open(): Promise<postgres.Sql> {
    let isLost = false;
    const own: Options & { onnotify(channel: string, payload: string): void } = {
      ...options,
      max: 1,
      max_lifetime: null,
      onnotify(channel, payload) {
        for (const heard of channels.get(channel) ?? []) heard(payload);
      },
      onclose() {
        isLost = true;
        if (client === opened) void reopen();
      },
    };
    const opened = connect(url, own);
    try {
      // one after the other: for one that waits behind a failed one the driver would connect once more, after its end
      for (const channel of channels.keys()) await answered(opened, opened.unsafe(`listen ${quoted(channel)}`));
      if (isLost || isClosed) throw databaseErrors.unreachable();
    } catch (error) {
      await opened.end({ timeout: 0 });
      throw error;
    }
    client = opened;
    return opened;
  }

  async function reopen(): Promise<void> {
    void client?.end({ timeout: 0 });
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
        const hearing = await connected();
        await answered(hearing, hearing.unsafe(`listen ${quoted(channel)}`));
      } catch (error) {
        forget(channel, heard);
        return refuse(databaseErrors.unreachable)(error);
      }
      return async () => {
        if (!forget(channel, heard) || !client) return;
        await answered(client, client.unsafe(`unlisten ${quoted(channel)}`)).catch(() => undefined); // a lost connection hears nothing either
      };
    },
    async close() {
      isClosed = true;
      const closing = client;
      client = undefined;
      await closing?.end({ timeout: 0 });
      await opening?.catch(() => undefined);
    },
  };
}
