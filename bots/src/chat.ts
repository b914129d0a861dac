import { defineSurface, type Surface } from '@troupe-os/core/surface';
import { mountChat, type Running } from './routes.ts';
import { chatCommand } from './terminal/command.ts';

export interface ChatOptions {
  /** Where models' keys and addresses are read; default: the environment of the process, as it is now. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Chat for the web and the terminal. When the server stops, answers that are being written are stopped and kept as far as they came. */
export function chat({ env = { ...process.env } }: ChatOptions = {}): Surface {
  const running: Running = new Map();
  return defineSurface({
    name: 'chat',
    routes: (app, host) => mountChat(app, host, env, running),
    commands: [chatCommand],
    secrets: ['TROUPE_MODEL_KEY'],
    async stop() {
      for (const answer of running.values()) answer.abort();
    },
  });
}
