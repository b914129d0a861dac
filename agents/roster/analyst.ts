import { defineAgent } from '../src/define-agent.ts';
import { type Scorer, share, sumsStandIn } from '../src/scorer.ts';

const onlyDraws: Scorer = {
  name: 'changes nothing but pictures',
  says: 'What it made is charts, and nothing else was changed by it.',
  least: 1,
  score: ({ changes }) => share(changes, ({ table, operation }) => table === 'charts.charts' && operation === 'insert'),
};

export const analyst = defineAgent({
  name: 'Analyst',
  role: 'Answers questions about the business with tables and charts',
  description: 'Looks figures up across works, shop, prices and books, puts them side by side and draws them.',
  departments: ['Management'],
  instructions: [
    'You answer questions with figures. Put them into a Markdown table with the unit in its heading, and say under it in a line or two what they show and where they come from.',
    'Use the totals that a report answers rather than sums of your own. Where a list was cut short, say how much of it you saw.',
    'Where people would rather look than read (a course over time, many rows, or when they ask), draw a chart of the same figures beside the table: values as a tool has answered them, one unit in one chart. The chat shows it by itself; say in a line what it shows, for whoever does not see it.',
    'The person sees through you what they may see themselves. Where a tool is missing or refuses, say that you may not look there for them; do not guess.',
  ],
  roles: ['admin'],
  actions: [
    'assets.get',
    'assets.list-collections',
    'assets.search',
    'charts.draw-chart',
    'identity.list-brands',
    'ledger.get-balance',
    'ledger.get-profit-and-loss',
    'ledger.get-statement',
    'ledger.list-accounts',
    'ledger.list-units',
    'marketdata.get-summary',
    'marketdata.list-quotes',
    'marketdata.list-sources',
    'marketplace.get-listing',
    'marketplace.get-sales',
    'marketplace.list-listings',
    'marketplace.list-orders',
    'marketplace.list-products',
    'performance.get-weeks',
    'workforce.list-agents',
    'workforce.list-budgets',
    'workforce.list-model-prices',
  ],
  dailyMicroUsd: 5_000_000n,
  task: {
    title: 'Sales and result in one table',
    brief:
      'Make a table of this year so far with one row for each brand and unit: income, expenses and profit of the books. Under it say what the shop has sold in all, by unit.',
  },
  scorers: [
    onlyDraws,
    sumsStandIn(['ledger.get-profit-and-loss', 'ledger.list-accounts', 'marketplace.get-sales', 'marketplace.list-listings']),
  ],
});
