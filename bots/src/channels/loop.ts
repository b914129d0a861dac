// One loop for all channels: who speaks, in which conversation, and how it is answered.
import type { Runner } from '@troupe-os/agents';
import { coreErrors, TroupeError } from '@troupe-os/core';
import {
  type Caller,
  describeForLog,
  formatTraceParent,
  guest,
  type Kernel,
  newSpanId,
  newTraceId,
} from '@troupe-os/core/surface';
import type { LiveAnswer } from '../answers.ts';
import { isCommand, runCommand } from '../commands.ts';
import { complete } from '../complete.ts';
import { type Handling, handleMessage } from '../conversation.ts';
import { errorText, isRefusal } from '../error-text.ts';
import { chatErrors } from '../errors.ts';
import { type ReceivedFile, receiveFile, withFiles } from '../files.ts';
import { type Asking, act } from '../records.ts';
import { openFile } from '../sent-files.ts';
import type { Cards } from './cards.ts';
import type { Account, ChannelDriver, Hear, HeardMessage, HeardPress } from './driver.ts';
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

/** Of a message that comes again: its files have other names then. */
const HEARD_BEFORE: readonly string[] = [chatErrors.handled_already.code, coreErrors.key_reused.code];

/** What is said to one account beside its answers, and waits to be. */
const MOST_SAID = 20;
/** Messages of one person at one place that wait for an answer. */
const MOST_WAITING = 200;
/** Of one answer. */
const MOST_FILES = 10;
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

  /** Said beside what is heard, one after another for each account: whoever floods waits for themselves, and is not answered in the end. */
  function later(account: Account, work: () => Promise<unknown>): void {
    const line = `to ${account.id}`;
    if (queue.waiting(line) < MOST_SAID) queue.push(line, () => told(work()));
  }

  async function message(heard: HeardMessage): Promise<void> {
    const principal = await speakerOf(heard.account.id);
    const { account, isForwarded } = heard;
    const own = isForwarded ? null : OWN_COMMAND.exec(heard.text.trim());
    if (own && (await ownCommand(heard, principal, own[1] as string, own[2]))) return;
    if (!principal) return answerGuest(heard);
    // what somebody else wrote is read, and not done
    if (isForwarded && isCommand(heard.text)) return later(account, () => say(aloneWith(heard), PASSED_ON));
    const asking = askingOf(principal, heard);
    try {
      const handling = await keep(heard, principal, asking);
      queue.push(keyOf(principal, heard.place), () => told(answer(heard, { principal, asking, handling })));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (HEARD_BEFORE.includes(error.code)) return;
      later(account, () => say(aloneWith(heard), errorText(error, asking.requestId).text));
    }
  }

  /** Keeps the message with its files. Errors: those of `handleMessage`, channels.too_many_waiting. */
  async function keep(heard: HeardMessage, principal: Principal, asking: Asking): Promise<Handling> {
    if (queue.waiting(keyOf(principal, heard.place)) >= MOST_WAITING) throw channelErrors.too_many_waiting();
    const text = await textOf(heard, asking);
    return handleMessage({
      ...asking,
      conversationId: await conversationOf(heard.place, asking),
      text,
      model: parts.model,
      env: parts.env,
      runner: parts.runner,
      idempotencyKey: `${driver.name}-${heard.place}-${heard.id}`,
    });
  }

  async function conversationOf(place: string, asking: Asking, { afresh = false } = {}): Promise<string> {
    const here = { surface: driver.name, place, afresh };
    return (await act<{ conversationId: string }>(asking, 'workforce.start-conversation', here)).conversationId;
  }

  async function textOf({ text, files }: HeardMessage, asking: Asking): Promise<string> {
    const received: ReceivedFile[] = [];
    for (const file of files) received.push(await receiveFile(file, text, asking));
    return withFiles(text, received, asking);
  }

  async function answer(
    heard: HeardMessage,
    { principal, asking, handling }: { principal: Principal; asking: Asking; handling: Handling },
  ): Promise<void> {
    const where = aloneWith(heard);
    const stop = new AbortController();
    running.set(keyOf(principal, heard.place), stop);
    const telling = createTelling(driver, where, { log: kernel.log });
    const writing = setInterval(() => void driver.typing(where), 4_000);
    void driver.typing(where);
    try {
      await handling.answer(telling.emit, stop.signal);
    } finally {
      clearInterval(writing);
      running.delete(keyOf(principal, heard.place));
    }
    await told(heard.isPrivate ? telling.end() : endAlone(telling, heard.place));
    await sendFiles(telling, asking, where);
    await showCards(telling, principal, heard.privatePlace);
  }

  /** As what they are, where their one alone is answered; those that a chat does not take are fetched on the web. */
  async function sendFiles({ told: { files } }: Telling, asking: Asking, place: string): Promise<void> {
    for (const part of files.slice(0, MOST_FILES)) {
      const send = async () => {
        const file = await openFile(part, asking);
        if (file) await driver.send(place, { text: part.name, file });
        else
          await say(
            place,
            `${part.name} is too large for a chat.${part.url ? ` Fetch it on the web: ${publicUrl}${part.url}` : ''}`,
          );
      };
      await told(send());
    }
  }

  /** What is answered in a group is for whoever asked: the others may not see all that they may. */
  async function endAlone(telling: Telling, group: string): Promise<void> {
    try {
      await telling.end();
    } catch (error) {
      if (!(error instanceof TroupeError) || error.code !== channelErrors.no_private_chat.code) throw error;
      return say(group, 'This is for your eyes only. Write to me privately first, then ask again.');
    }
    await say(group, 'I have answered you privately.');
  }

  async function showCards({ told: { approvalIds } }: Telling, principal: Principal, place: string): Promise<void> {
    for (const approvalId of approvalIds) await told(cards.show(approvalId, principal, place));
  }

  /** Said when it is whole, to an account that is still its person's: at the very place, where that was private. */
  function takenOver({ personId, place }: { personId: string; place: string }): Pick<LiveAnswer, 'emit' | 'end'> {
    const telling = createTelling(driver, place, { log: kernel.log, grows: false });
    const end = async () => {
      const accounts = (await house.speakers()).filter((one) => one.personId === personId);
      const isThere = ({ subject }: { subject: string }) => driver.privatePlaceOf(subject) === place;
      const speaker = driver.isPrivate(place) ? accounts.find(isThere) : accounts[0];
      const principal = speaker && (await speakerOf(speaker.subject));
      if (!principal) return;
      const alone = driver.privatePlaceOf(speaker.subject);
      await told(telling.end(alone));
      await sendFiles(telling, askingOf(principal), alone);
      await showCards(telling, principal, alone);
    };
    return { emit: telling.emit, end: () => queue.push(`${personId} ${place}`, () => told(end())) };
  }

  /** Somebody whom nobody here knows: a guest, whose commands are no conversation. */
  function answerGuest(heard: HeardMessage): void {
    const { account, isPrivate, text, id, place } = heard;
    if (!isPrivate) later(account, () => say(place, `I do not know you yet: link your account at ${publicUrl}/account.`));
    else if (!isCommand(text)) later(account, () => say(aloneWith(heard), strangerText(publicUrl, driver)));
    else
      later(account, async () => {
        const asking = askingOf(guest, heard);
        const answered = await runCommand({ ...asking, key: `${driver.name}-${place}-${id}` }, text).then(
          (answer) => answer.text,
          (error: unknown) => errorText(error, asking.requestId).text,
        );
        await say(aloneWith(heard), answered);
      });
  }

  /** Answers whether it was a command of the channel's own. */
  async function ownCommand(
    heard: HeardMessage,
    principal: Principal | undefined,
    word: string,
    rest: string | undefined,
  ): Promise<boolean> {
    const { account } = heard;
    const reply = (text: string) => later(account, () => say(aloneWith(heard), text));
    if (word === 'start' || word === 'link') {
      if (rest) await offerLink(heard, rest);
      else reply(principal ? welcomeText(principal.name) : helloText(publicUrl, driver));
      return true;
    }
    if (!principal || rest !== undefined || word === 'help') return false; // `help` is a command of the house
    if (word === 'unlink') {
      await house.unlinkAccount(account.id);
      reply('This account speaks for nobody any more.');
    } else if (word === 'new') {
      await conversationOf(heard.place, askingOf(principal), { afresh: true });
      reply('A new conversation. What do you need?');
    } else {
      const stop = running.get(keyOf(principal, heard.place));
      stop?.abort();
      reply(stop ? 'Stopped.' : 'Nothing is being written.');
    }
    return true;
  }

  /** Whoever follows somebody else's link would speak for them: it says whose it is, and asks. A code that others have seen is good no more. */
  async function offerLink(heard: HeardMessage, code: string): Promise<void> {
    const { account, isPrivate } = heard;
    const where = aloneWith(heard);
    try {
      if (!isPrivate) await house.endCode(code);
      const { name } = await house.linkAccount({ code, subject: account.id, label: account.label }, { dryRun: true });
      const text = `Shall this account speak for **${name}** here? It then does what ${name} may do. Press this only if you are ${name}.`;
      const buttons = [[{ text: `Yes, I am ${name}`, value: `link:${code}` }], [{ text: 'No', value: 'unlinked' }]];
      later(account, () => driver.send(where, { text, buttons }));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      later(account, () => say(where, error.message));
    }
  }

  async function press(heard: HeardPress): Promise<void> {
    const { value, account, isPrivate } = heard;
    const reply = (text: string, isAlert: boolean) => later(account, () => heard.answer(text, isAlert));
    if (value === 'unlinked') return reply('Nothing was linked.', false);
    if (value.startsWith('link:') && isPrivate) {
      try {
        const code = value.slice('link:'.length);
        const { name } = await house.linkAccount({ code, subject: account.id, label: account.label });
        reply('Linked.', false);
        return later(account, () => say(aloneWith(heard), welcomeText(name)));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return reply(error.message, true);
      }
    }
    const principal = await speakerOf(account.id);
    if (!principal) return reply('Link your account first.', true);
    const said = await cards.press(heard, principal);
    reply(said?.text ?? 'This button does nothing any more.', said?.isAlert ?? true);
  }

  async function completions(account: Account, text: string) {
    const principal = (await speakerOf(account.id)) ?? guest;
    const { from, items } = await complete(kernel, { principal, tainted: false }, `/${text}`);
    return items.map((item) => ({ text: `/${text}`.slice(1, from) + item.text, title: item.title }));
  }

  return { message, press, complete: completions, takenOver, settled: queue.settled };
}

/** Where nobody but the one who spoke reads the answer. */
const aloneWith = ({ place, privatePlace, isPrivate, answerIn }: Omit<HeardMessage, 'text' | 'files'>) =>
  answerIn ?? (isPrivate ? place : privatePlace);
const keyOf = ({ id }: Principal, place: string) => `${id} ${place}`;

const titleOf = ({ name }: ChannelDriver) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

const PASSED_ON = 'A command that somebody else wrote is not run. If you want it, type it yourself.';
const welcomeText = (name: string) => `Hello ${name}. Say what you need, or see /help.`;
const helloText = (publicUrl: string, driver: ChannelDriver) =>
  `Hello. I am the house of this company. If you work here, open ${publicUrl}/account and choose "Link ${titleOf(driver)}". What guests may do is under /help.`;
const strangerText = (publicUrl: string, driver: ChannelDriver) =>
  `I do not know you yet. Open ${publicUrl}/account, choose "Link ${titleOf(driver)}", and come back by that link.`;
