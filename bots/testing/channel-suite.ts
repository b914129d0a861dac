// What every channel does, seen by the people who chat there. Run with the real client of each platform against a double of it.
import { lettersPlugin, scriptedModel } from '@troupe-os/agents/testing';
import type { Channel } from '@troupe-os/core';
import { governancePlugin } from '@troupe-os/plugin-governance';
import { sql } from 'drizzle-orm';
import { expect, test, vi } from 'vitest';
import type { SentFile } from './body.ts';
import { filesPlugin } from './files.ts';
import { startChatHouse } from './house.ts';

/** A message of the bot, without the marks of the platform's own style. */
export interface SeenMessage {
  readonly text: string;
  readonly buttons: readonly string[];
  /** Sent with it. */
  readonly file?: SentFile | undefined;
  press(label: string): void;
}

export interface ChatUser {
  /** As the house lists the account. */
  readonly label: string;
  /** The place of the conversation in which only this user and the bot are. */
  readonly place: string;
  /** In the chat with the bot alone. */
  says(text: string): void;
  /** A command of the channel's own. */
  does(word: 'new' | 'stop' | 'unlink' | 'help' | 'link', text?: string): void;
  sends(file: { name: string; bytes: Buffer; caption?: string }): void;
  /** Where everybody reads, said to the bot. */
  saysInGroup(text: string): void;
  /** Resolves with the first message that fits of those that only this user sees. */
  sees(fits: (message: SeenMessage) => boolean): Promise<SeenMessage>;
  /** All of them, the oldest first. */
  seen(): readonly SeenMessage[];
}

export interface ChatDouble {
  readonly channel: Channel;
  readonly env: NodeJS.ProcessEnv;
  /** Resolves when the bot hears: what was said before is not told to it by every platform. */
  readonly connected?: Promise<void>;
  user(name: string): ChatUser;
  /** Of what everybody in the group sees. */
  groupSees(fits: (message: SeenMessage) => boolean): Promise<SeenMessage>;
  seenInGroup(): readonly SeenMessage[];
  /** What was answered to presses of buttons. */
  pressAnswers(): readonly string[];
}

/** Runs the suite; answers its house, for what the channel alone has. */
export async function channelSuite(double: ChatDouble) {
  const { model, env } = await scriptedModel();
  const plugins = [lettersPlugin, filesPlugin, governancePlugin];
  const house = await startChatHouse({ ...env, ...double.env }, plugins, { workers: true });
  await double.connected;
  const begins = (how: RegExp) => (message: SeenMessage) => how.test(message.text);

  /** A person of the house whose account is linked. */
  async function linked(name: string, ...roles: Parameters<typeof house.person>) {
    const { caller } = await house.person(...roles);
    const user = double.user(name);
    const { code } = await house.does<{ code: string }>(caller, 'identity.begin-account-link', { channel: double.channel });
    user.does('link', code);
    (await user.sees(({ buttons }) => buttons.length === 2)).press('Yes');
    await user.sees(begins(/^Hello Ann/));
    return { caller, user, id: caller.principal.id };
  }

  test('an account is linked by two taps, once, by a code that says whose it is', async () => {
    const { caller } = await house.person('viewer');
    const stranger = double.user('Stranger');
    stranger.says('hello?');
    await stranger.sees(begins(/I do not know you yet/));
    stranger.says('/workforce list-agents');
    await stranger.sees(begins(/core\.unauthenticated/));
    stranger.does('link', 'trc_wrong');
    await stranger.sees(begins(/used or has expired/));

    const { code } = await house.does<{ code: string }>(caller, 'identity.begin-account-link', { channel: double.channel });
    stranger.does('link', code);
    const question = await stranger.sees(({ buttons }) => buttons.length === 2);
    expect(question.text).toContain('Shall this account speak for Ann here?');
    question.press('Yes');
    await stranger.sees(begins(/^Hello Ann/));
    stranger.says('/identity get-me');
    await stranger.sees(begins(/name: Ann/));
    const { items } = await house.does<{ items: object[] }>(caller, 'identity.list-identities');
    expect(items).toMatchObject([{ provider: `chat:${double.channel}`, label: stranger.label }]);

    const other = double.user('Other');
    other.does('link', code);
    await other.sees(begins(/used or has expired/));
    stranger.does('unlink');
    await stranger.sees(begins(/speaks for nobody/));
    stranger.says('/workforce list-agents');
    await vi.waitFor(() => expect(stranger.seen().filter(begins(/core\.unauthenticated/))).toHaveLength(2));
  });

  test('an account does not do what those in charge do themselves, and proves nobody to be there', async () => {
    const { user, caller } = await linked('Chief', 'owner');
    user.says('/identity invite-person email=a@people.test name=A role=admin');
    await user.sees(begins(/core\.scope_needed/));
    user.says('/identity create-token name=mine');
    await user.sees(begins(/identity\.fresh_sign_in_needed/));
    user.says(`/identity begin-account-link channel=${double.channel}`);
    await user.sees(begins(/identity\.fresh_sign_in_needed/));
    const { items } = await house.does<{ items: { identityId: string }[] }>(caller, 'identity.list-identities');
    await house.does(caller, 'identity.unlink-identity', { identityId: items[0]?.identityId });
    user.says('/workforce list-agents');
    await user.sees(begins(/core\.unauthenticated/));
  });

  test('an agent answers with its tools, in the conversation of the place', async () => {
    const tool = { name: 'workforce_list_agents', arguments: '{}' };
    model.on({ userMessage: 'who is here', hasToolResult: false }, { content: 'Let me look.', toolCalls: [tool] });
    model.on({ userMessage: 'who is here', hasToolResult: true }, { content: 'The **Concierge** is.' });
    const { user, id } = await linked('Asker', 'viewer');
    user.says('who is here?');
    const answer = await user.sees(begins(/is\.$/));
    expect(answer.text).toBe('Let me look.\n\n✓ workforce.list-agents\n\nThe Concierge is.');
    user.says('/workforce list-agents limit=1');
    await user.sees(begins(/Concierge\s+(?!is)/));
    const kept = await house.database.rows<{ text: string; surface: string }>(
      sql`select m.text, c.surface from workforce.messages m join workforce.conversations c on c.id = m.conversation_id
        where c.owner_id = ${id} and m.author_kind = 'person' order by m.sequence`,
    );
    expect(kept).toEqual(['who is here?', '/workforce list-agents limit=1'].map((text) => ({ text, surface: double.channel })));
  });

  test('of two people who say the same in a group, each is heard as who they are, and answered alone what is not for all', async () => {
    const admin = await linked('Admin', 'admin');
    const viewer = await linked('Viewer', 'viewer');
    const order = '/ledger open-account path=assets:group title=Group type=asset unit=EUR';
    viewer.user.saysInGroup(order);
    await viewer.user.sees(begins(/core\.unknown_action/));
    admin.user.saysInGroup(order);
    await admin.user.sees(begins(/accountId/));
    await double.groupSees(begins(/^I have answered you privately\.$/));
    expect(new Set(double.seenInGroup().map(({ text }) => text))).toEqual(new Set(['I have answered you privately.']));
    const rows = await house.database.rows<{ actor: string; outcome: string }>(
      sql`select actor, outcome from core.audit_entries where action = 'ledger.open-account' order by id`,
    );
    expect(rows).toEqual([
      { actor: viewer.id, outcome: 'denied' },
      { actor: admin.id, outcome: 'succeeded' },
    ]);
  });

  test('whoever may decide is asked by a card, one answer closes all, and it is done once', async () => {
    const asker = await linked('Asking', 'admin');
    const [one, two] = [await linked('One', 'admin'), await linked('Two', 'admin')];
    const bystander = await linked('Bystander', 'viewer');
    await house.does(house.operator, 'governance.set-rule', {
      ...{ name: 'ask-first', target: 'ledger.open-account', outcome: 'ask' },
      policy: 'forbid (principal, action, resource) when { context.input.path == "assets:asked" };',
    });
    asker.user.says('/ledger open-account path=assets:asked title=Asked type=asset unit=EUR');
    await asker.user.sees(({ buttons }) => buttons.includes('Take it back'));
    const mayApprove = ({ buttons }: SeenMessage) => buttons.includes('Approve');
    const [first] = await Promise.all([one, two].map(({ user }) => user.sees(mayApprove)));
    expect(first?.text).toContain('assets:asked');
    expect(asker.user.seen().filter(mayApprove)).toEqual([]);

    first?.press('Approve');
    await vi.waitFor(() => expect(double.pressAnswers()).toContain('Approved.'));
    await house.kernel.settle();
    for (const { user } of [asker, one, two])
      await user.sees(({ text, buttons }) => /Approved, and done.*Ann/.test(text) && buttons.length === 0);
    for (const { user } of [one, two]) expect(user.seen().filter(mayApprove)).toEqual([]);
    expect(bystander.user.seen().filter(begins(/assets:asked/))).toEqual([]);
    const rows = await house.database.rows<{ outcome: string }>(
      sql`select outcome from core.audit_entries where action = 'ledger.open-account' and outcome = 'succeeded' and digest in
        (select digest from core.audit_entries where action = 'ledger.open-account' and outcome = 'parked')`,
    );
    expect(rows).toEqual([{ outcome: 'succeeded' }]);
  });

  test('a file goes to the command under which it was sent, and to whoever is spoken to by its name', async () => {
    model.on({ userMessage: 'more.txt' }, { content: 'You sent more.txt.' });
    const { user } = await linked('Filer', 'editor');
    const bytes = Buffer.from('what stands in the file');
    user.sends({ name: 'notes.txt', bytes, caption: '/files keep-file title=Notes' });
    await user.sees(begins(/notes\.txt, 23 bytes/));
    user.sends({ name: 'more.txt', bytes });
    await user.sees(begins(/^You sent more\.txt/));
  });

  test('a file that is answered with comes as what it is; one that a chat does not take is fetched on the web', async () => {
    const call = (size: number) => `/files give-file key=picture size=${size} contentType=image/png`;
    const picture = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==',
      'base64',
    );
    await house.kernel.objects.put('picture', picture, { contentType: 'image/png' });
    const input = { key: 'picture', size: picture.length, contentType: 'image/png' };
    const tool = { name: 'run_action', arguments: JSON.stringify({ action: 'files.give-file', input }) };
    model.on({ userMessage: 'show me', hasToolResult: false }, { toolCalls: [tool] });
    model.on({ userMessage: 'show me', hasToolResult: true }, { content: 'Here it is.' });
    const { user } = await linked('Looker', 'viewer');
    user.says(call(picture.length));
    await user.sees(({ file }) => file?.name === 'given.png' && file.bytes.equals(picture));
    user.says('show me');
    expect((await user.sees(begins(/Here it is\.$/))).text).toBe('✓ files.give-file\n\nHere it is.');
    await vi.waitFor(() => expect(user.seen().filter(({ file }) => file?.bytes.equals(picture))).toHaveLength(2));
    user.says(call(50_000_000));
    await user.sees(begins(/^given\.png is too large for a chat/));
  });

  test('an answer is stopped from the chat, and another conversation begins there', async () => {
    const { user, id } = await linked('Stopper', 'viewer');
    const slowly = { latency: 50, chunkSize: 5 };
    model.on({ userMessage: 'count for ever' }, { content: 'one two three '.repeat(200) }, slowly as never);
    user.says('count for ever');
    await user.sees(begins(/^one two/));
    user.does('stop');
    await user.sees(begins(/^Stopped/));
    await user.sees(begins(/^one two[\s\S]*Stopped\.$/));
    user.does('new');
    await user.sees(begins(/^A new conversation/));
    user.says('/workforce list-agents limit=1');
    await user.sees(begins(/Concierge/));
    const rows = await house.database.rows<{ place: string | null; last_sequence: number }>(
      sql`select place, last_sequence from workforce.conversations where owner_id = ${id} order by created_at`,
    );
    expect(rows).toEqual([
      { place: null, last_sequence: 2 },
      { place: user.place, last_sequence: 2 },
    ]);
  });

  return { house, model, linked };
}
