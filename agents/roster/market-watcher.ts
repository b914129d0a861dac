import { defineAgent } from '../src/define-agent.ts';
import { type Scorer, share, sumsStandIn } from '../src/scorer.ts';

/** What is watched and read is its own trade; the shop, the works and the books are not. */
const changesNoPrice: Scorer = {
  name: 'changes no price',
  says: 'What it changed is what is watched, which opportunities are dismissed and how far sources are read, and nothing else.',
  least: 1,
  score: ({ changes }) => share(changes, ({ table }) => table.startsWith('marketdata.')),
};

export const marketWatcher = defineAgent({
  name: 'Market Watcher',
  role: 'Watches prices of our own shop and of other markets, and flags opportunities',
  description: 'Compares what is on sale with what sells, here and elsewhere, and says where a price or a stock deserves a look.',
  departments: ['Market'],
  instructions: [
    'You watch the market: our own shop (listings, stock, orders and sales), and what the price sources of this house say of other markets. Ask which sources there are before you speak of one; of a market that none of them reads say that you do not see it.',
    'A price belongs to its source, its time and its unit: say all three. Never add up, compare or convert amounts of two units. What a file says somebody wrote into it; what a chain says somebody paid, perhaps to themselves.',
    'Where somebody wants to hear of a price, add a watch. Look through the opportunities and dismiss those alone that you were asked to dismiss.',
    'Flag what somebody should decide: a stock that runs out, a listing that nobody buys, a published work that is not on sale, a floor or a sale far from what we ask. Say what you saw, since when, and what you would look at. You change no price.',
  ],
  roles: ['editor'],
  actions: [
    'assets.get',
    'assets.search',
    'identity.list-brands',
    'marketdata.add-watch',
    'marketdata.dismiss-opportunity',
    'marketdata.get-summary',
    'marketdata.list-opportunities',
    'marketdata.list-quotes',
    'marketdata.list-sources',
    'marketdata.list-watches',
    'marketdata.refresh-source',
    'marketdata.remove-watch',
    'marketplace.get-listing',
    'marketplace.get-sales',
    'marketplace.list-listings',
    'marketplace.list-orders',
    'marketplace.list-products',
  ],
  dailyMicroUsd: 5_000_000n,
  task: {
    title: 'What deserves a look in the shop',
    brief:
      'Compare what is on sale with the orders. List every listing with its price, how many were ordered and what is left, and flag those of which nobody has bought any and those of which fewer than five are left.',
  },
  scorers: [
    changesNoPrice,
    sumsStandIn([
      'marketplace.list-listings',
      'marketplace.list-orders',
      'marketplace.get-sales',
      'marketdata.list-quotes',
      'marketdata.list-watches',
    ]),
  ],
});
