import { createRunner, createTaskWorker, modelNames, modelOf, type Runner, type TaskWorker } from '@troupe-os/agents';
import { defineSurface, type Surface } from '@troupe-os/core/surface';
import { tellRun, tellTakenOver } from './agent-answer.ts';
import { createAnswers, type LiveAnswer } from './answers.ts';
import { CHANNEL_SECRETS, type OpenChannel, openChannels } from './channels/open.ts';
import { mountHooks } from './hooks.ts';
import { mountChat } from './routes.ts';
import { chatCommand } from './terminal/command.ts';

export interface ChatOptions {
  /** Where models' and channels' keys and addresses are read; default: the environment of the process, as it is now. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Chat for the web, the terminal and the channels. When the server stops, answers that are being written go on in another process, or at the next start. */
export function chat({ env = { ...process.env } }: ChatOptions = {}): Surface {
  let runner: Runner | undefined;
  let worker: TaskWorker | undefined;
  let channels: OpenChannel[] = [];
  return defineSurface({
    name: 'chat',
    async routes(app, host) {
      const answers = createAnswers();
      runner = createRunner({
        kernel: host.kernel,
        env,
        takenOver: ({ conversationId, messageId, requestId, personId, surface, place }) => {
          const live = answers.begin(conversationId);
          const channel = channels.find(({ driver }) => driver.name === surface);
          const there = place === undefined ? undefined : channel?.takenOver({ personId, place });
          return tellTakenOver(host.kernel, there ? both(live, there) : live, { messageId, requestId });
        },
      });
      const model = host.settings.model ?? env.TROUPE_MODEL;
      for (const name of modelNames(model ?? '')) modelOf(name, env);
      channels = await openChannels(app, host, { env, runner, model });
      await runner.start();
      worker = createTaskWorker({
        kernel: host.kernel,
        env,
        runner,
        model,
        begun: ({ conversationId, requestId }) => tellRun(host.kernel, answers.begin(conversationId), requestId),
      });
      worker.start();
      mountHooks(app, host.kernel);
      mountChat(app, host, { env, answers, runner, model, channels });
      for (const channel of channels) await channel.start();
    },
    commands: [chatCommand],
    secrets: ['TROUPE_MODEL_KEY', ...CHANNEL_SECRETS],
    async stop() {
      await Promise.all(channels.map((channel) => channel.stop()));
      await worker?.stop();
      await runner?.stop();
      await worker?.settled();
      await Promise.all(channels.map((channel) => channel.settled()));
    },
  });
}

/** Told to whoever looks at the conversation, and where it was asked. */
function both(live: LiveAnswer, there: Pick<LiveAnswer, 'emit' | 'end'>): LiveAnswer {
  return {
    ...live,
    emit(event) {
      live.emit(event);
      there.emit(event);
    },
    end() {
      live.end();
      there.end();
    },
  };
}
