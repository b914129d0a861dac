// A person's yes: only in the browser that was asked, only by the person, only for what was shown.
import { createBrowser, type Page } from '../../../mcp-servers/src/testing/browser.ts';
import { answerApp, isPage } from '../../../mcp-servers/src/testing/sign-in.ts';
import { type Attack, must, refused } from './attack.ts';
import type { Member, World } from './world.ts';

/** A request on its way, in the browser of whoever began it, before anybody has signed in there. */
async function begun({ flow: open }: World) {
  const { flow, browser } = open();
  const clientId = await flow.register();
  const signIn = (await browser.open(flow.authorizeUrl(clientId))) as Page;
  const path = signIn.url.searchParams.get('next') ?? '';
  const uid = path.split('/').at(-1) ?? '';
  return { flow, browser, clientId, path, uid, cookie: `troupe_interaction=${uid}` };
}

const allow = { decision: 'allow', scopes: ['identity.me.read'], days: 1 };
const sessionOf = ({ session }: Member) => `troupe_session=${session}`;

export const consentAttacks: readonly Attack[] = [
  {
    name: "the link of somebody else's request, opened by a person who is signed in",
    async run(world) {
      const { path } = await begun(world);
      const victim = createBrowser(world.origin);
      const signIn = (await victim.open('/sign-in')) as Page;
      const { email, password } = await world.member('viewer');
      await victim.submit(signIn, '/sign-in', { email, password });
      const shown = await victim.open(path);
      must(isPage(shown) && shown.status === 404, `shown ${isPage(shown) ? shown.status : shown}`);
    },
  },
  {
    name: 'a yes without the cookie of the request',
    async run(world) {
      const { flow, uid } = await begun(world);
      const headers = { cookie: sessionOf(await world.member('viewer')), origin: world.origin };
      refused(await flow.post(`/oauth/interactions/${uid}`, allow, headers), [404], 'oauth.unknown_request');
    },
  },
  {
    name: 'a yes with the cookie of another request',
    async run(world) {
      const [{ flow, uid }, other] = [await begun(world), await begun(world)];
      const headers = { cookie: `${sessionOf(await world.member('viewer'))}; ${other.cookie}`, origin: world.origin };
      refused(await flow.post(`/oauth/interactions/${uid}`, allow, headers), [404], 'oauth.unknown_request');
    },
  },
  {
    name: 'a yes of nobody',
    async run(world) {
      const { flow, uid, cookie } = await begun(world);
      refused(await flow.post(`/oauth/interactions/${uid}`, allow, { cookie }), [401], 'core.unauthenticated');
    },
  },
  {
    name: 'a yes of an access token',
    async run(world) {
      const { flow, uid, cookie } = await begun(world);
      const { token } = await world.ask('identity.create-token', { name: 'x', role: 'viewer' });
      const headers = { cookie, authorization: `Bearer ${token}` };
      refused(await flow.post(`/oauth/interactions/${uid}`, allow, headers), [422], 'identity.sign_in_for_apps');
    },
  },
  {
    name: 'a yes of an app',
    async run(world) {
      const { flow, uid, cookie } = await begun(world);
      const { access } = await flow.tokens(await world.member('viewer'));
      const headers = { cookie, authorization: `Bearer ${access}` };
      refused(await flow.post(`/oauth/interactions/${uid}`, allow, headers), [401], 'core.bad_credentials');
    },
  },
  {
    name: 'a yes that another site sends',
    async run(world) {
      const { flow, uid, cookie } = await begun(world);
      const session = sessionOf(await world.member('viewer'));
      for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, {}])
        refused(await flow.post(`/oauth/interactions/${uid}`, allow, { ...headers, cookie: `${session}; ${cookie}` }), [403]);
    },
  },
  {
    name: 'a form that another site sends',
    async run(world) {
      const { path, cookie } = await begun(world);
      const response = await fetch(`${world.origin}${path}?/allow`, {
        method: 'POST',
        headers: { origin: 'https://evil.example', cookie: `${sessionOf(await world.member('viewer'))}; ${cookie}` },
        body: new URLSearchParams({ scope: 'identity.me.read', days: '1' }),
      });
      must(response.status === 403, `answered ${response.status}`);
    },
  },
  {
    name: 'a yes to more than was shown',
    async run(world) {
      const { flow, uid, cookie } = await begun(world);
      const headers = { cookie: `${sessionOf(await world.member('viewer'))}; ${cookie}`, origin: world.origin };
      for (const scopes of [['ledger.entry.post'], ['identity.role.grant'], ['*'], ['ledger.*'], []])
        refused(await flow.post(`/oauth/interactions/${uid}`, { ...allow, scopes }, headers), [422], 'oauth.nothing_chosen');
    },
  },
  {
    name: 'a yes for longer than may be',
    async run(world) {
      const { flow, uid, cookie } = await begun(world);
      const headers = { cookie: `${sessionOf(await world.member('viewer'))}; ${cookie}`, origin: world.origin };
      for (const days of [0, -1, 91, 36_500, 1.5, '1'])
        refused(await flow.post(`/oauth/interactions/${uid}`, { ...allow, days }, headers), [422], 'core.invalid_input');
    },
  },
  {
    name: 'the button pressed twenty times at once',
    async run(world) {
      const { flow, uid, cookie } = await begun(world);
      const member = await world.member('viewer');
      const headers = { cookie: `${sessionOf(member)}; ${cookie}`, origin: world.origin };
      const press = () => flow.post(`/oauth/interactions/${uid}`, allow, headers);
      await Promise.all(Array.from({ length: 20 }, press));
      const { items } = (await world.ask('identity.list-apps', { personId: member.personId })) as { items: unknown[] };
      must(items.length === 1, `${items.length} yeses`);
    },
  },
  {
    name: 'an answered request, taken up in another browser',
    async run(world) {
      const { flow, uid, cookie } = await begun(world);
      const headers = { cookie: `${sessionOf(await world.member('viewer'))}; ${cookie}`, origin: world.origin };
      const { body, status } = await flow.post(`/oauth/interactions/${uid}`, allow, headers);
      must(status === 200, `answered ${status}`);
      const found = await createBrowser(world.origin).open(String(body.returnTo));
      must(isPage(found) && found.status >= 400, `went on to ${isPage(found) ? found.status : found}`);
    },
  },
  {
    name: 'an answered request, taken up a second time',
    async run(world) {
      const { flow, browser } = world.flow();
      const url = flow.authorizeUrl(await flow.register());
      const back = await answerApp(browser, url, await world.member('viewer'));
      must(back.searchParams.has('code'), `${back}`);
      const again = await browser.open(`/oauth/authorize/${crypto.randomUUID()}`);
      must(isPage(again) && again.status >= 400, 'went on');
    },
  },
  {
    name: 'a request that was left for sixteen minutes',
    async run(world) {
      const { flow, uid, cookie } = await begun(world);
      await world.age(16 * 60);
      const headers = { cookie: `${sessionOf(await world.member('viewer'))}; ${cookie}`, origin: world.origin };
      refused(await flow.post(`/oauth/interactions/${uid}`, allow, headers), [404], 'oauth.unknown_request');
    },
  },
];
