// The mix-up of two authorization servers: the newer client compares the issuer that came back, and requests changed at random.
import { CONNECTORS } from '../../../mcp-servers/src/testing/oauth-clients.ts';
import { CALLBACK } from '../../../mcp-servers/src/testing/oauth-flow.ts';
import { answerApp } from '../../../mcp-servers/src/testing/sign-in.ts';
import { type Attack, must, outcomeOf, toldIn } from './attack.ts';
import type { World } from './world.ts';

const checking = CONNECTORS.filter(({ stepsUp }) => stepsUp);

export const mixUpAttacks: readonly Attack[] = checking.flatMap(({ name, connect }) =>
  ['https://elsewhere.example', ''].map(
    (iss): Attack => ({
      name: `an answer of ${iss === '' ? 'no issuer' : 'another issuer'}, to ${name}`,
      async run(world) {
        const { browser } = world.flow();
        const member = await world.member('viewer');
        const visit = async (url: URL) => {
          const back = await answerApp(browser, url, member);
          must(back.searchParams.get('iss') === world.origin, `iss ${back.searchParams.get('iss')}`);
          if (iss === '') back.searchParams.delete('iss');
          else back.searchParams.set('iss', iss);
          return back;
        };
        const told = await connect(`${world.origin}/mcp`, visit).then(
          () => 'connected',
          (error: Error) => error.name,
        );
        must(told === 'IssuerMismatchError', told);
      },
    }),
  ),
);

/** A good request with one to three of its parameters changed, doubled or left out: it never sends a code or a person anywhere else. */
export async function changeAtRandom(world: World, random: () => number): Promise<void> {
  const { flow, browser } = world.flow();
  const url = flow.authorizeUrl(await flow.register());
  const names = [...url.searchParams.keys()];
  const values = [
    '',
    'x',
    '*',
    'https://evil.example/',
    `${world.origin}/mcp`,
    CALLBACK,
    '\u0000',
    '%00',
    '../',
    'S256',
    'code token',
    'none',
  ];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
    const name = pick(names);
    const way = random();
    if (way < 0.3) url.searchParams.delete(name);
    else if (way < 0.5) url.searchParams.append(name, pick(values));
    else url.searchParams.set(name, pick(values));
  }
  const { kind, to, status = 0 } = await outcomeOf(browser, url);
  must(kind !== 'page' || (status >= 400 && status < 500), `${url} answered ${status}`);
  must(to === undefined || (to.href.startsWith(CALLBACK) && !toldIn(to).has('code')), `${url} led to ${to}`);
  const asked = url.searchParams;
  const isGood = kind === 'asks' ? asked.get('code_challenge_method') === 'S256' && asked.get('redirect_uri') === CALLBACK : true;
  must(isGood, `${url} was taken`);
}
