// The channels that the settings name, each with the loop that works for it.
import type { Runner } from '@troupe-os/agents';
import type { App, SurfaceHost } from '@troupe-os/core/surface';
import { openDiscord } from '../discord/driver.ts';
import { openTelegram } from '../telegram/driver.ts';
import { createCards } from './cards.ts';
import type { ChannelDriver } from './driver.ts';
import { houseOf } from './house.ts';
import { type ChannelLoop, createLoop } from './loop.ts';

export interface OpenChannel extends Pick<ChannelLoop, 'settled' | 'takenOver'> {
  readonly driver: ChannelDriver;
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface ChannelParts {
  readonly env: NodeJS.ProcessEnv;
  readonly runner: Runner;
  readonly model: string | undefined;
}

/** Secrets of the channels, by the names of their variables: these alone are read here, and taken out of the environment. */
export const CHANNEL_SECRETS = ['TROUPE_TELEGRAM_TOKEN', 'TROUPE_TELEGRAM_WEBHOOK_SECRET', 'TROUPE_DISCORD_TOKEN'] as const;

/** Opens them without a word to anybody outside. */
export async function openChannels(app: App, host: SurfaceHost, parts: ChannelParts): Promise<OpenChannel[]> {
  const { env } = parts;
  const { log } = host.kernel;
  const secretOf = (name: (typeof CHANNEL_SECRETS)[number]) => env[name];
  const drivers: ChannelDriver[] = [];
  const [telegram, discord] = [secretOf('TROUPE_TELEGRAM_TOKEN'), secretOf('TROUPE_DISCORD_TOKEN')];
  if (telegram) {
    const secret = secretOf('TROUPE_TELEGRAM_WEBHOOK_SECRET');
    const webhook = secret && { webhook: { url: `${host.publicUrl}/telegram/updates`, secret } };
    drivers.push(await openTelegram({ token: telegram, ...apiRoot(env.TROUPE_TELEGRAM_API), ...webhook }, log));
  }
  if (discord) drivers.push(await openDiscord({ token: discord, ...apiRoot(env.TROUPE_DISCORD_API) }, log));
  return drivers.map((driver) => openChannel(app, host, parts, driver));
}

const apiRoot = (address: string | undefined) => (address ? { apiRoot: address } : {});

function openChannel(app: App, { kernel, publicUrl }: SurfaceHost, parts: ChannelParts, driver: ChannelDriver): OpenChannel {
  const house = houseOf(kernel, driver.name);
  const cards = createCards({ kernel, driver, house, publicUrl });
  const loop = createLoop({ ...parts, kernel, driver, house, cards, publicUrl });
  driver.routes?.(app);
  return {
    driver,
    settled: loop.settled,
    takenOver: loop.takenOver,
    async start() {
      await driver.start(loop);
      if (kernel.plugins.has('governance')) cards.start();
    },
    async stop() {
      await cards.stop();
      await driver.stop();
    },
  };
}
