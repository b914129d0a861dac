// Approvals as messages with buttons: to whoever asked and to whoever may decide, and one answer closes all copies.
import { setTimeout as after } from 'node:timers/promises';
import { describeForLog, formatTraceParent, type Kernel, newSpanId, newTraceId } from '@troupe-os/core/surface';
import { type Approval, endOf, headOf, movesOf, pageOf, sentencesOf, untilOf } from '../approvals.ts';
import { errorText, isRefusal } from '../error-text.ts';
import { act } from '../records.ts';
import type { Button, ChannelDriver, HeardPress, Outgoing } from './driver.ts';
import type { Ask, Card, ChannelHouse, Speaker } from './house.ts';

const LOOK_MS = 1_000;
/** A card that was on its way for so long was never sent: its process has ended. */
const UNSENT_MS = 300_000;
const MOST_INPUT = 1_000;
/** What a platform shows over a button. */
const MOST_ANSWER = 180;

type Principal = Awaited<ReturnType<Kernel['authenticate']>>;

interface CardParts {
  readonly kernel: Kernel;
  readonly driver: ChannelDriver;
  readonly house: ChannelHouse;
  readonly publicUrl: string;
}

const DECISIONS: Readonly<Record<string, { action: string; said: string }>> = {
  yes: { action: 'governance.approve-call', said: 'Approved' },
  no: { action: 'governance.reject-call', said: 'Declined' },
  back: { action: 'governance.cancel-approval', said: 'Taken back' },
};

export interface Cards {
  start(): void;
  stop(): Promise<void>;
  /** Shows an approval to somebody. Once at a place, whoever shows it. */
  show(approvalId: string, principal: Principal, place: string): Promise<void>;
  /** Decides as the one who has pressed. Answers what to tell them; undefined: it was no button of a card. */
  press(press: HeardPress, principal: Principal): Promise<{ readonly text: string; readonly isAlert: boolean } | undefined>;
}

export function createCards({ kernel, driver, house, publicUrl }: CardParts): Cards {
  const stopping = new AbortController();
  /** Approvals that were shown to all who may decide them, in this process. */
  const spread = new Set<string>();
  /** What the open cards say now, where it is another thing than at first. */
  const said = new Map<string, string>();
  let looking: Promise<void> = Promise.resolve();

  const warn = (error: unknown) =>
    kernel.log.warn('approvals could not be shown in a chat', { channel: driver.name, error: describeForLog(error) });

  const askingOf = (
    principal: Principal,
    trace = formatTraceParent({ traceId: newTraceId(), spanId: newSpanId(), sampled: true }),
  ) => ({
    ...{ kernel, caller: { principal, tainted: false }, requestId: crypto.randomUUID(), trace },
  });
  const approvalFor = (principal: Principal, approvalId: string) =>
    act<Approval>(askingOf(principal), 'governance.get-approval', { approvalId });

  async function show(approvalId: string, principal: Principal, place: string): Promise<void> {
    const approval = await approvalFor(principal, approvalId);
    const { cardId, isFirst } = await house.openCard({ approvalId, personId: principal.id, place });
    if (isFirst) await house.keepCard(cardId, await driver.send(place, cardOf(approval, publicUrl)));
  }

  /** To everybody whose account is linked and whose yes or no is asked for. */
  async function tellAll(approvalId: string): Promise<void> {
    for (const { subject } of await house.speakers()) {
      try {
        const principal = await kernel.authenticate({ type: 'account', channel: driver.name, subject });
        if ((await approvalFor(principal, approvalId)).mayVote) await show(approvalId, principal, driver.privatePlaceOf(subject));
      } catch (error) {
        // somebody may not see it, or cannot be written to: the others are told all the same
        if (!isRefusal(error) || error.kind === 'limited') throw error;
      }
    }
  }

  async function look(): Promise<void> {
    const cards = await house.cards();
    const asks = await house.asks([...new Set(cards.map(({ approvalId }) => approvalId))]);
    const known = new Map(asks.map((ask) => [ask.approvalId, ask]));
    for (const card of cards) {
      const ask = known.get(card.approvalId);
      const isUnsent = card.messageRef === undefined && Date.now() - Date.parse(card.createdAt) > UNSENT_MS;
      if (ask && ask.state !== 'pending') await alone(card, () => end(card, ask));
      else if (isUnsent) await alone(card, () => sendAgain(card));
    }
    for (const { approvalId, state } of asks) {
      if (state !== 'pending' || spread.has(approvalId)) continue;
      await tellAll(approvalId);
      spread.add(approvalId);
    }
    for (const approvalId of spread) if (known.get(approvalId)?.state !== 'pending') spread.delete(approvalId);
  }

  /** A card that cannot be shown any more, where somebody has blocked the bot, stands in nobody's way. */
  async function alone(card: Card, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      warn(error);
      if (isRefusal(error)) await house.closeCard(card.cardId).catch(warn);
    }
  }

  async function end(card: Card, ask: Ask): Promise<void> {
    const text = endText(ask);
    if (card.messageRef !== undefined && said.get(card.cardId) !== text) {
      await driver.edit(card.place, card.messageRef, { text });
      said.set(card.cardId, text);
    }
    if (ask.state === 'approved') return; // what becomes of it is said too
    await house.closeCard(card.cardId);
    said.delete(card.cardId);
  }

  async function sendAgain(card: Card): Promise<void> {
    const isTheirs = ({ personId, subject }: Speaker) =>
      personId === card.personId && driver.privatePlaceOf(subject) === card.place;
    const speaker = (await house.speakers()).find(isTheirs);
    if (!speaker) return void (await house.closeCard(card.cardId));
    const principal = await kernel.authenticate({ type: 'account', channel: driver.name, subject: speaker.subject });
    const approval = await approvalFor(principal, card.approvalId);
    await house.keepCard(card.cardId, await driver.send(card.place, cardOf(approval, publicUrl)));
  }

  /** One look after another: of two at once both would send. */
  function lookNow(): Promise<void> {
    looking = looking.then(look).catch(warn);
    return looking;
  }

  return {
    show,
    start() {
      void (async () => {
        while (!stopping.signal.aborted) {
          await lookNow();
          await after(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
        }
      })();
    },
    async stop() {
      stopping.abort();
      await looking;
    },
    async press({ id, value }, principal) {
      const [word = '', approvalId = ''] = value.split(':', 2);
      const decision = DECISIONS[word];
      if (!decision) return undefined;
      try {
        const ask = (await house.asks([approvalId])).find((one) => one.approvalId === approvalId);
        await act(askingOf(principal, ask?.trace), decision.action, { approvalId }, `${driver.name}-press-${id}`);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return { text: errorText(error, id).text.slice(0, MOST_ANSWER), isAlert: true };
      }
      void lookNow();
      return { text: `${decision.said}.`, isAlert: false };
    },
  };
}

/** What somebody is asked, as far as they may read it. */
function cardOf(approval: Approval, publicUrl: string): Outgoing {
  const { approvalId, action, input, mayVote, mayCancel } = approval;
  const money = movesOf(approval);
  const page = pageOf(publicUrl, approvalId);
  const all = JSON.stringify(input, null, 2).replaceAll('```', "'''"); // it would end the code that it stands in
  const isCut = all.length > MOST_INPUT;
  const text = [
    `**${headOf(approval)}: \`${action}\`**`,
    ...sentencesOf(approval),
    `\`\`\`json\n${all.slice(0, MOST_INPUT)}\n\`\`\``,
    ...(isCut ? [`**This is not all of it.** See it on the web before you decide: ${page}`] : []),
    untilOf(approval),
  ].join('\n\n');
  // nobody says yes to what they have not seen
  const decide: Button[] = mayVote
    ? [
        ...(isCut ? [] : [{ text: `Approve${money ? `: ${money}` : ''}`, value: `yes:${approvalId}` }]),
        { text: 'Decline', value: `no:${approvalId}` },
      ]
    : [];
  const others: Button[] = [
    ...(mayCancel ? [{ text: 'Take it back', value: `back:${approvalId}` }] : []),
    // no chat opens an address of this very machine
    ...(publicUrl.startsWith('https:') ? [{ text: 'All of it', url: page }] : []),
  ];
  return { text, buttons: [decide, others].filter((row) => row.length > 0) };
}

function endText({ state, votes }: Ask): string {
  const by = votes.map(({ name }) => name).join(' and ');
  return `**${endOf(state)}**${by ? ` (${by})` : ''}`;
}
