// A model server that plays the script of whatever conversation is under way.
import type { ChatCompletionRequest } from '@copilotkit/aimock';
import type { Answered, Reply, Step } from '../../agents/evals/conversation.ts';
import { scriptedModel } from '../../agents/testing/index.ts';
import { toolName } from '../../core/src/surface.ts';

export interface Player {
  readonly env: NodeJS.ProcessEnv;
  /** What is answered until the next one. */
  play(script: readonly Step[]): void;
}

export async function startPlayer(): Promise<Player> {
  const { model, env } = await scriptedModel();
  let playing: readonly Step[] = [];
  model.on({ userMessage: /./ }, (request) => {
    const since = request.messages.slice(request.messages.findLastIndex(({ role }) => role === 'user'));
    const step = playing[since.filter(({ role }) => role === 'assistant').length];
    if (!step) throw new Error('The script has no answer to this.');
    const answers = since.flatMap(({ role, content }) => (role === 'tool' ? [JSON.parse(String(content)) as Answered] : []));
    return asModel(step(answers), request);
  });
  return {
    env,
    play(script) {
      playing = script;
    },
  };
}

/** By the tool of the action's name, whether it was offered or not, or by the one that runs any. */
function asModel(reply: Reply, { tools = [] }: ChatCompletionRequest) {
  if ('say' in reply) return { content: reply.say };
  const offered = new Set(tools.map(({ function: { name } }) => name));
  return {
    toolCalls: reply.use.map(([action, input]) =>
      offered.has(toolName(action)) || !offered.has('run_action')
        ? { name: toolName(action), arguments: JSON.stringify(input) }
        : { name: 'run_action', arguments: JSON.stringify({ action, input }) },
    ),
  };
}
