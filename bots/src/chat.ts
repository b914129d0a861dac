import { createRunner, type Runner } from '@troupe-os/agents';
import { defineSurface, type Surface } from '@troupe-os/core/surface';
import { tellTakenOver } from './agent-answer.ts';
import { createAnswers } from './answers.ts';
import { mountChat } from './routes.ts';
import { chatCommand } from './terminal/command.ts';

export interface ChatOptions {
  /** Where models' keys and addresses are read; default: the environment of the process, as it is now. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Chat for the web and the terminal. When the server stops, answers that are being written go on in another process, or at the next start. */
export function chat({ env = { ...process.env } }: ChatOptions = {}): Surface {
  let runner: Runner | undefined;
  return defineSurface({
    name: 'chat',
    async routes(app, host) {
      const answers = createAnswers();
      runner = createRunner({
        kernel: host.kernel,
        env,
        takenOver: ({ conversationId, messageId, requestId }) =>
          tellTakenOver(answers.begin(conversationId), messageId, requestId),
      });
      await runner.start();
      mountChat(app, host, { env, answers, runner });
    },
    commands: [chatCommand],
    secrets: ['TROUPE_MODEL_KEY'],
    async stop() {
      await runner?.stop();
    },
  });
}
