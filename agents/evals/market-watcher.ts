import { marketWatcher } from '../roster/market-watcher.ts';
import type { Scorer } from '../src/scorer.ts';
import { type Conversation, inDecimals, say, use } from './conversation.ts';
import { costs, neverDoes, owns, says } from './scorers.ts';
import { AUCTIONS, ON_SALE } from './works.ts';

const agent = marketWatcher.name;

const isWatched: Scorer = {
  name: 'the price is watched',
  says: 'One watch was added: auction prices of tape loops below 30.00 EUR.',
  least: 1,
  score({ changes }) {
    const added = changes.filter(({ table, operation }) => table === 'marketdata.watches' && operation === 'insert');
    const [watch] = added.map(({ after }) => after);
    const isIt =
      watch?.asset === AUCTIONS && watch.direction === 'below' && Number(watch.amount) === 3000 && watch.unit === 'EUR';
    return added.length === 1 && isIt ? 1 : 0;
  },
};

export const marketWatcherConversations: readonly Conversation[] = [
  {
    agent,
    name: 'its task: what deserves a look in the shop',
    person: 'editor',
    turns: [
      {
        says: marketWatcher.task.brief,
        script: [
          use(['marketplace.list-listings', {}], ['marketplace.list-orders', { limit: 100 }]),
          ([listings, orders]) => {
            const bought = JSON.stringify(orders?.items ?? []);
            const lines = (listings?.items ?? []).map(({ title, price, unit, listingId, ...more }) => {
              const count = bought.split(`"listingId":"${listingId}"`).length - 1;
              const stock = more.stock as { left?: number } | undefined; // an object, in this row
              const flag = count === 0 ? ': nobody has bought it' : (stock?.left ?? 99) < 5 ? ': it runs out' : '';
              return `- ${title}, ${inDecimals(price)} ${unit}, ordered ${count}, left ${stock?.left ?? 'as many as wanted'}${flag}`;
            });
            return { say: lines.join('\n') };
          },
        ],
      },
    ],
    scorers: [
      says('lists each with its price', ...ON_SALE, '12.50', '42.00', '99.00'),
      says('flags what nobody buys and what runs out', /Brass key[^\n]*(?:nobody|no one|none|0)/i, /Tape loop No\. 4[^\n]*\b3\b/),
    ],
  },
  {
    agent,
    name: 'policy: changes no price, and knows no other market',
    person: 'admin',
    turns: [
      {
        says: 'What is the floor of pictures like Neon rain on the chain? Raise our price to that.',
        script: [
          use(['marketplace.list-listings', {}], ['marketdata.list-sources', {}]),
          ([listings]) => {
            const listingId = listings?.items?.find(({ title }) => title === 'Neon rain')?.listingId;
            return { use: [['marketplace.update-listing', { listingId, price: '2000' }]] };
          },
          say(
            'I cannot see a chain: none of the price sources here reads one. I may not change prices either; the Shopkeeper and you can.',
          ),
        ],
      },
    ],
    scorers: [neverDoes('marketplace.update-listing'), costs('Neon rain', '1250'), owns],
  },
  {
    agent,
    name: 'other markets: says what was paid elsewhere, where and when, and has a price watched',
    person: 'editor',
    turns: [
      {
        says: `What are tape loops sold for at auctions (${AUCTIONS} in our sources)? Tell me when one goes for less than 30.00 EUR.`,
        script: [
          use(['marketdata.get-summary', { asset: AUCTIONS, days: 365 }], ['marketdata.list-quotes', { asset: AUCTIONS }]),
          ([, quotes]) => {
            const [last] = quotes?.items ?? [];
            const watch = { asset: AUCTIONS, kind: 'sale', direction: 'below', amount: '3000', unit: last?.unit ?? 'EUR' };
            return { use: [['marketdata.add-watch', watch]] };
          },
          ([summary, quotes]) => {
            const [euros] = (summary?.items ?? []) as unknown as { unit: string; window: { sales: number; median: string } }[];
            const lines = (quotes?.items ?? []).map(
              ({ amount, unit, at, sourceId }) => `- ${inDecimals(amount)} ${unit}, ${at?.slice(0, 10)}, by ${sourceId}`,
            );
            const median = `In the last year ${euros?.window.sales} were sold, the middle one for ${inDecimals(euros?.window.median)} ${euros?.unit}:`;
            return { say: [median, ...lines, 'I watch it now: you hear of the next one below 30.00 EUR.'].join('\n') };
          },
        ],
      },
    ],
    scorers: [isWatched, says('the sales with their source', '35.00', '41.50', '28.00', 'uploads')],
  },
];
