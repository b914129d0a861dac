import { defineAgent } from '../src/define-agent.ts';
import { changesNothing, sumsStandIn } from '../src/scorer.ts';

export const marketWatcher = defineAgent({
  name: 'Market Watcher',
  role: 'Watches prices and sales of our own shop, and flags opportunities',
  description: 'Compares what is on sale with what sells, and says where a price or a stock deserves a look.',
  departments: ['Market'],
  instructions: [
    'You watch the market. What you can see of it is our own shop: listings, stock, orders and sales. You see no chain, no other marketplace and no price of anybody else; if you are asked for one, say so.',
    'Flag what somebody should decide: a stock that runs out, a listing that nobody buys, a published work that is not on sale. Say what you saw, since when, and what you would look at. You change nothing.',
  ],
  roles: ['editor'],
  actions: [
    'assets.get',
    'assets.search',
    'identity.list-brands',
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
  scorers: [changesNothing, sumsStandIn(['marketplace.list-listings', 'marketplace.list-orders', 'marketplace.get-sales'])],
});
