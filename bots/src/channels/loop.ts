// One loop for all channels: who speaks, in which conversation, and how it is answered.
import type { Readable } from 'node:stream';
import type { Runner } from '@troupe-os/agents';
import { TroupeError } from '@troupe-os/core';
import {
  type Caller,
  describeForLog,
  formatTraceParent,
  guest,
  type Kernel,
  newSpanId,
  newTraceId,
  wireSchema,
} from '@troupe-os/core/surface';
import type { LiveAnswer } from '../answers.ts';
import { isCommand, runCommand } from '../commands.ts';
import { complete } from '../complete.ts';
import { type Handling, handleMessage } from '../conversation.ts';
import { errorText } from '../error-text.ts';
import { chatErrors } from '../errors.ts';
import { parseLine } from '../line.ts';
import { type Asking, act } from '../records.ts';
import type { Cards } from './cards.ts';
import type { Account, ChannelDriver, Hear, HeardFile, HeardMessage, HeardPress } from './driver.ts';
import { channelErrors } from './errors.ts';
import type { ChannelHouse } from './house.ts';
import { createQueue } from './queue.ts';
import { createTelling, type Telling } from './telling.ts';

interface LoopParts {
  readonly kernel: Kernel;
  readonly driver: ChannelDriver;
  readonly house: ChannelHouse;
  readonly cards: Cards;
  readonly runner: Runner;
  readonly model: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly publicUrl: string;
}

type Principal = Caller['principal'];

/** Messages of one person at one place that wait for an answer. */
const MOST_WAITING = 200;
const MOST_FILE_BYTES = 50 * 1024 * 1024;
const OWN_COMMAND = /^\/(start|link|unlink|new|stop|help)(?:\s+(\S+))?\s*$/;

export interface ChannelLoop extends Hear {
  /** Resolves when what was heard has been answered. */
  settled(): Promise<void>;
  /** Where an answer is said that another process has left. */
  takenOver(run: { readonly personId: string; readonly place: string }): Pick<LiveAnswer, 'emit' | 'end'>;
}

export function createLoop(parts: LoopParts): ChannelLoop {
  const { kernel, driver, house, cards, publicUrl } = parts;
  const queue = createQueue();
  const conversations = new Map<string, string>();
  const running = new Map<string, AbortController>();

  async function speakerOf(accountId: string): Promise<Principal | undefined> {
    return kernel.authenticate({ type: 'account', channel: driver.name, subject: accountId }).catch((error: unknown) => {
      if (error instanceof TroupeError && error.code === 'core.bad_credentials') return undefined;
      throw error;
    });
  }

  const askingOf = (principal: Principal, { isForwarded = false } = {}): Asking => ({
    kernel,
    caller: { principal, tainted: isForwarded },
    requestId: crypto.randomUUID(),
    // one trace from the message to all that is done for it
    trace: formatTraceParent({ traceId: newTraceId(), spanId: newSpanId(), sampled: true }),
  });

  const say = async (place: string, text: string) => {
    for (const piece of driver.split(text)) await driver.send(place, { text: piece });
  };

  /** What is told is no reason to hear a message again. */
  const told = (saying: Promise<unknown>) =>
    saying.then(
      () => undefined,
      (error: unknown) => kernel.log.warn('an answer could not be sent', { channel: driver.name, error: describeForLog(error) }),
    );

  async function message(heard: HeardMessage): Promise<void> {
    const principal = await speakerOf(heard.account.id);
    const own = OWN_COMMAND.exec(heard.text.trim());
    if (own && (await ownCommand(heard, principal, own[1] as string, own[2]))) return;
    if (!principal) return answerGuest(heard);
    const asking = askingOf(principal, heard);
    try {
      const handling = await keep(heard, principal, asking);
      queue.push(keyOf(principal, heard.place), () => told(answer(heard, principal, handling)));
    } catch (error) {
      if (!(error instanceof TroupeError) || error.kind === 'internal' || error.kind === 'unavailable') throw error;
      if (error.code === chatErrors.handled_already.code) return;
      await told(say(heard.isPrivate ? whereOf(heard) : heard.privatePlace, errorText(error, asking.requestId).text));
    }
  }

  /** Keeps the message with its files. Errors: those of `handleMessage`, channels.too_many_waiting. */
  async function keep(heard: HeardMessage, principal: Principal, asking: Asking): Promise<Handling> {
    if (queue.waiting(keyOf(principal, heard.place)) >= MOST_WAITING) throw channelErrors.too_many_waiting();
    const text = await withFiles(heard, asking);
    return handleMessage({
      ...asking,
      conversationId: await conversationOf(principal, heard.place, asking),
      text,
      model: parts.model,
      env: parts.env,
      runner: parts.runner,
      idempotencyKey: `${driver.name}-${heard.place}-${heard.id}`,
    });
  }

  async function conversationOf(principal: Principal, place: string, asking: Asking, { afresh = false } = {}): Promise<string> {
    const key = keyOf(principal, place);
    const known = conversations.get(key);
    if (known && !afresh) return known;
    const { conversationId } = await act<{ conversationId: string }>(asking, 'workforce.start-conversation', {
      surface: driver.name,
      place,
      afresh,
    });
    conversations.set(key, conversationId);
    return conversationId;
  }

  /** Bytes go into quarantine; the text names them, and a command that takes a file is given it. */
  async function withFiles({ text, files }: HeardMessage, asking: Asking): Promise<string> {
    if (files.length === 0) return text;
    const open = await kernel.actionsFor(asking.caller);
    const line = isCommand(text) ? parseLine(text) : undefined;
    const asked = open.find(({ action }) => action.name === `${line?.plugin}.${line?.verb}`);
    const takes = (one: (typeof open)[number]) => fileInputOf(one.action.input);
    const taker = asked && takes(asked) !== undefined ? asked : open.find((one) => takes(one) !== undefined);
    if (!taker) throw channelErrors.files_not_taken();
    const ids: { name: string; id: string }[] = [];
    for (const file of files) ids.push({ name: file.name, id: await receive(file, taker.action.name, asking) });
    const input = taker === asked ? takes(taker) : undefined;
    const [first] = ids;
    if (input && first && !new RegExp(`(?:^|\\s)${input}=`).test(text)) return `${text} ${input}=${first.id}`;
    return [text, ...ids.map(({ name, id }) => `(File ${JSON.stringify(name)}: ${id})`)].join('\n').trim();
  }

  async function receive(file: HeardFile, action: string, { caller }: Asking): Promise<string> {
    return kernel.receiveFile({ action, caller }, file.name, (await file.open()) as Readable, MOST_FILE_BYTES);
  }

  async function answer(heard: HeardMessage, principal: Principal, handling: Handling): Promise<void> {
    const { place, isPrivate } = heard;
    const where = whereOf(heard);
    const stop = new AbortController();
    running.set(keyOf(principal, place), stop);
    const telling = createTelling(driver, where, { grows: isPrivate, log: kernel.log });
    const writing = setInterval(() => void driver.typing(where), 4_000);
    void driver.typing(where);
    try {
      await handling.answer(telling.emit, stop.signal);
    } finally {
      clearInterval(writing);
      running.delete(keyOf(principal, place));
    }
    await finish(telling, heard, principal);
  }

  /** Says what has not been said while it grew. */
  async function finish(
    telling: Telling,
    { place, isPrivate, privatePlace }: Pick<HeardMessage, 'place' | 'isPrivate' | 'privatePlace'>,
    principal: Principal,
  ): Promise<void> {
    if (isPrivate || !isRestricted(telling)) await told(telling.end());
    else await told(sayAlone(telling, place, privatePlace));
    for (const approvalId of telling.told.approvalIds) await told(cards.show(approvalId, principal, privatePlace));
  }

  function takenOver({ personId, place }: { personId: string; place: string }): Pick<LiveAnswer, 'emit' | 'end'> {
    const isPrivate = driver.isPrivate(place);
    const telling = createTelling(driver, place, { grows: isPrivate, log: kernel.log });
    const finishAlone = async () => {
      const speaker = (await house.speakers()).find((one) => one.personId === personId);
      const principal = speaker && (await speakerOf(speaker.subject));
      if (principal) await finish(telling, { place, isPrivate, privatePlace: driver.privatePlaceOf(speaker.subject) }, principal);
    };
    return { emit: telling.emit, end: () => queue.push(`${personId} ${place}`, () => told(finishAlone())) };
  }

  /** Whether the answer speaks of what not everybody may see. */
  const isRestricted = ({ told: { actions } }: Telling): boolean =>
    actions.some((name) => {
      const plugin = kernel.plugins.get(name.split('.')[0] ?? '');
      const permission = plugin?.actions.find((action) => action.name === name)?.permission ?? '';
      return !plugin?.permissions[permission]?.roles.includes('guest');
    });

  async function sayAlone(telling: Telling, place: string, privatePlace: string): Promise<void> {
    try {
      await telling.end(privatePlace);
    } catch (error) {
      if (!(error instanceof TroupeError) || error.code !== channelErrors.no_private_chat.code) throw error;
      return say(place, 'This is for your eyes only. Write to me privately first, then ask again.');
    }
    await say(place, 'I have answered you privately.');
  }

  /** Somebody whom nobody here knows: a guest, whose commands are no conversation. */
  async function answerGuest(heard: HeardMessage): Promise<void> {
    const { isPrivate, text, id } = heard;
    const place = whereOf(heard);
    const asking = { ...askingOf(guest) };
    if (!isCommand(text))
      return isPrivate
        ? told(
            say(
              place,
              `I do not know you yet. Open ${publicUrl}/account, choose "Link ${titleOf(driver)}", and come back by that link.`,
            ),
          )
        : undefined;
    const answered = await runCommand({ ...asking, key: `${driver.name}-${place}-${id}` }, text).then(
      (answer) => answer.text,
      (error: unknown) => {
        if (error instanceof TroupeError && error.kind !== 'internal' && error.kind !== 'unavailable')
          return errorText(error, asking.requestId).text;
        throw error;
      },
    );
    await told(say(place, answered));
  }

  /** Answers whether it was a command of the channel's own. */
  async function ownCommand(
    heard: HeardMessage,
    principal: Principal | undefined,
    word: string,
    rest: string | undefined,
  ): Promise<boolean> {
    const { account, isPrivate } = heard;
    const place = whereOf(heard);
    if ((word === 'start' || word === 'link') && rest && isPrivate) {
      await offerLink(heard, rest);
      return true;
    }
    if (word === 'start' || (word === 'link' && principal)) {
      await told(
        say(place, principal ? `Hello ${principal.name}. Say what you need, or see /help.` : helloText(publicUrl, driver)),
      );
      return true;
    }
    if (word === 'link') {
      await told(say(place, helloText(publicUrl, driver)));
      return true;
    }
    if (!principal || rest !== undefined) return false;
    if (word === 'unlink') {
      await house.unlinkAccount(account.id);
      await told(say(place, 'This account speaks for nobody any more.'));
      return true;
    }
    if (word === 'new') {
      await conversationOf(principal, heard.place, askingOf(principal), { afresh: true });
      await told(say(place, 'A new conversation. What do you need?'));
      return true;
    }
    if (word !== 'stop') return false; // `help` is a command of the house
    const stop = running.get(keyOf(principal, heard.place));
    stop?.abort();
    await told(say(place, stop ? 'Stopped.' : 'Nothing is being written.'));
    return true;
  }

  /** Whoever follows somebody else's link would speak for them: it says whose it is, and asks. */
  async function offerLink(heard: HeardMessage, code: string): Promise<void> {
    const { account } = heard;
    const place = whereOf(heard);
    try {
      const { name } = await house.linkAccount({ code, subject: account.id, label: account.label }, { dryRun: true });
      const text = `Shall this account speak for **${name}** here? It then has all their rights. Press this only if you are ${name}.`;
      const buttons = [[{ text: `Yes, I am ${name}`, value: `link:${code}` }], [{ text: 'No', value: 'unlinked' }]];
      await told(driver.send(place, { text, buttons }));
    } catch (error) {
      if (!(error instanceof TroupeError) || error.kind === 'internal' || error.kind === 'unavailable') throw error;
      await told(say(place, error.message));
    }
  }

  async function press(heard: HeardPress): Promise<void> {
    const { value, account, answer, isPrivate } = heard;
    const place = whereOf(heard);
    if (value === 'unlinked') return told(answer('Nothing was linked.', false));
    if (value.startsWith('link:') && isPrivate) {
      try {
        const { name } = await house.linkAccount({
          code: value.slice('link:'.length),
          subject: account.id,
          label: account.label,
        });
        await told(answer('Linked.', false));
        return told(say(place, `Hello ${name}. Say what you need, or see /help.`));
      } catch (error) {
        if (!(error instanceof TroupeError) || error.kind === 'internal' || error.kind === 'unavailable') throw error;
        return told(answer(error.message, true));
      }
    }
    const principal = await speakerOf(account.id);
    if (!principal) return told(answer('Link your account first.', true));
    if (!(await cards.press(heard, principal))) await told(answer('This button does nothing any more.', true));
  }

  async function completions(account: Account, text: string) {
    const principal = (await speakerOf(account.id)) ?? guest;
    const { from, items } = await complete(kernel, { principal, tainted: false }, `/${text}`);
    return items.map((item) => ({ text: `/${text}`.slice(1, from) + item.text, title: item.title }));
  }

  return { message, press, complete: completions, takenOver, settled: queue.settled };
}

const whereOf = ({ place, answerIn }: { readonly place: string; readonly answerIn?: string }) => answerIn ?? place;
const keyOf = ({ id }: Principal, place: string) => `${id} ${place}`;

const titleOf = ({ name }: ChannelDriver) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

const helloText = (publicUrl: string, driver: ChannelDriver) =>
  `Hello. I am the house of this company. If you work here, open ${publicUrl}/account and choose "Link ${titleOf(driver)}". What guests may do is under /help.`;

/** The name of the input that takes a file. */
function fileInputOf(input: Parameters<typeof wireSchema>[0]): string | undefined {
  const { properties = {} } = wireSchema(input) as { properties?: Record<string, { format?: string }> };
  return Object.keys(properties).find((name) => properties[name]?.format === 'troupe-file');
}
