// `troupe chat`: a conversation in the terminal, or one message for scripts.
import { doorTo, parseWords } from '@troupe-os/core/command-line';
import type { Command, Door } from '@troupe-os/core/surface';
import { chatErrors } from '../errors.ts';
import { ask, askForJson, attach, exitCode, fetchJson } from './ask.ts';
import { talk } from './talk.ts';
import { writerTo } from './writer.ts';

const HELP = `troupe chat [--agent NAME] [--conversation ID] [--message TEXT [--file PATH] [--json]]

  --message TEXT      say one thing, print the answer and end
  --file PATH         send a file with it; may be said several times
  --json              print the answer as data
  --agent NAME        with whom; without it, the first agent
  --conversation ID   go on with an earlier conversation
  --token TOKEN       talk as whoever made this token, and not as the operator
`;

export const chatCommand: Command = {
  name: 'chat',
  summary: 'talk with an agent, or give commands',
  usage: 'chat [--message TEXT] [--json]',
  help: HELP,
  needsServer: true,
  async run(words, ownDoor) {
    const { values } = parseWords({
      args: [...words],
      options: {
        message: { type: 'string', short: 'm' },
        conversation: { type: 'string' },
        agent: { type: 'string' },
        file: { type: 'string', multiple: true },
        token: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const door = values.token === undefined ? ownDoor : doorTo({ url: ownDoor.url ?? '', token: values.token });
    const conversationId = values.conversation ?? (await start(door, values.agent));
    if (values.message === undefined) return talk(door, conversationId);
    const files = [];
    for (const path of values.file ?? []) files.push(await attach(door, path));
    const saying = { text: values.message, files };
    if (values.json) return askForJson(door, conversationId, saying);
    const { failed } = await ask(door, conversationId, saying, writerTo(process.stdout), writerTo(process.stderr));
    return exitCode(failed);
  },
};

async function start(door: Door, agent: string | undefined): Promise<string> {
  const agentId = agent === undefined ? undefined : await agentNamed(door, agent);
  const body = JSON.stringify({ agentId });
  const { conversationId } = await fetchJson<{ conversationId: string }>(door, '/chat/conversations', { method: 'POST', body });
  return conversationId;
}

async function agentNamed(door: Door, name: string): Promise<string> {
  const { agents } = await fetchJson<{ agents: { agentId: string; name: string }[] }>(door, '/chat/state');
  const found = agents.find((agent) => agent.name.toLowerCase() === name.toLowerCase());
  if (found) return found.agentId;
  throw chatErrors.unknown_agent({ agents: agents.map((agent) => agent.name) });
}
