// The ways in which one question is asked; what they open stays open until all is asked.
import type { Door } from '@troupe-os/core/surface';
import { connect, type TestClient } from '../../../mcp-servers/src/testing/clients.ts';
import { askVerb, homeOf, openDoorOf } from '../../../test/ask-command-line.ts';
import { type Asker, askChat, askRest, askTool, type Question, startChat } from '../../../test/ask-surfaces.ts';
import type { Callers } from '../../../test/callers.ts';
import type { Outcome, Who } from '../../../test/decisions.ts';
import { connectByStdio } from '../../../test/tour-ways.ts';

export interface Way {
  readonly name: string;
  takes(who: Who): boolean;
  ask(who: Who, question: Question): Promise<Outcome>;
}

const ERAS = ['sdk 1.32 (2025-11-25)', 'client 2.4 (2026-07-28)'] as const;
/** Whoever may start a conversation. */
const TALKING: readonly Who[] = ['viewer', 'editor', 'admin', 'owner'];

export async function openWays(
  url: string,
  { tokens }: Callers,
): Promise<Way[] & { close(): Promise<void>; homeOf(who: Who): string }> {
  const asker = (who: Who): Asker => ({ url, token: tokens.get(who) });
  const isSignedIn = (who: Who) => who !== 'stranger';
  const clients: TestClient[] = [];
  const opened = <T>(open: (who: Who) => Promise<T>) => {
    const kept = new Map<Who, Promise<T>>();
    return (who: Who) => kept.get(who) ?? kept.set(who, open(who)).get(who) ?? open(who);
  };
  const client = (open: (who: Who) => Promise<TestClient>) =>
    opened(async (who) => {
      const made = await open(who);
      clients.push(made);
      return made;
    });
  const byTool = (name: string, takes: Way['takes'], open: (who: Who) => Promise<TestClient>): Way => {
    const clientOf = client(open);
    return { name, takes, ask: async (who, question) => askTool(await clientOf(who), question) };
  };
  const chatOf = opened((who) => startChat(asker(who)));
  const doorOf = opened<Door>((who) => openDoorOf(asker(who)));
  const ways: Way[] = [
    { name: 'REST', takes: () => true, ask: (who, question) => askRest(asker(who), question) },
    ...ERAS.map((era) => byTool(`MCP, ${era}`, isSignedIn, (who) => connect(era, `${url}/mcp`, tokens.get(who) ?? ''))),
    byTool(
      'MCP by a program on standard streams',
      (who) => who === 'owner',
      (who) => connectByStdio({ home: homeOf(asker(who)) }),
    ),
    {
      name: 'chat commands',
      takes: (who) => TALKING.includes(who),
      ask: async (who, question) => askChat(asker(who), await chatOf(who), question),
    },
    {
      name: 'the verb of the command line',
      takes: isSignedIn,
      ask: async (who, question) => askVerb(await doorOf(who), question),
    },
  ];
  return Object.assign(ways, {
    homeOf: (who: Who) => homeOf(asker(who)),
    async close() {
      for (const one of clients) await one.close();
    },
  });
}
