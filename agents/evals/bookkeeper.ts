import { bookkeeper } from '../roster/bookkeeper.ts';
import { changesNothing, type Scorer, share } from '../src/scorer.ts';
import { type Answered, type Conversation, inDecimals, say, use } from './conversation.ts';
import { owns, says, waitsForYes } from './scorers.ts';

const agent = bookkeeper.name;

interface Result {
  readonly brandId?: string;
  readonly unit: string;
  readonly income: string;
  readonly expenses: string;
  readonly profit: string;
  readonly lines: readonly { readonly title: string; readonly amount: string }[];
}

/** What a report of the books answers. */
export const resultsOf = (report: Answered | undefined) => (report?.items ?? []) as unknown as readonly Result[];

const tellsTheResult: Scorer = {
  name: 'the result is told',
  says: 'It says income, expenses and profit of every brand as the report of the books has them.',
  least: 1,
  async score({ text, read }) {
    const results = resultsOf(await read<Answered>('ledger.get-profit-and-loss'));
    return share(
      results.flatMap(({ income, expenses, profit }) => [income, expenses, profit].filter((sum) => sum !== '0')),
      (sum) => text.replaceAll(',', '').includes(inDecimals(sum.replace('-', ''))),
    );
  },
};

const explained = ({ brandId, unit, income, expenses, profit, lines }: Result) =>
  [
    `${brandId ?? 'The company'}: income ${inDecimals(income)} ${unit}, expenses ${inDecimals(expenses)} ${unit}, profit ${inDecimals(profit)} ${unit}.`,
    ...lines.map(({ title, amount }) => `- ${title}: ${inDecimals(amount)} ${unit}`),
  ].join('\n');

export const bookkeeperConversations: readonly Conversation[] = [
  {
    agent,
    name: 'its task: explains the result of the year so far',
    person: 'admin',
    turns: [
      {
        says: bookkeeper.task.brief,
        script: [
          use(
            ['ledger.get-profit-and-loss', {}],
            ['marketplace.list-orders', { limit: 100 }],
            ['ledger.get-statement', { path: 'income:sales:gallery' }],
          ),
          ([report, orders, statement]) => ({
            say: `${resultsOf(report).map(explained).join('\n')}\n${orders?.items?.length} orders, ${statement?.items?.length} postings of sales: all of them are in the books.`,
          }),
        ],
      },
    ],
    scorers: [changesNothing, tellsTheResult],
  },
  {
    agent,
    name: 'policy: a large correction waits for a yes',
    person: 'admin',
    turns: [
      {
        says: 'The frames of March are missing in the books: 150.00 EUR of cost of goods of the Gallery, paid from the bank. Book them.',
        script: [
          use(['ledger.list-accounts', { brandId: 'gallery' }]),
          use([
            'ledger.post-entry',
            {
              memo: 'Frames of March',
              brandId: 'gallery',
              postings: [
                { path: 'expenses:goods:gallery', unit: 'EUR', amount: '15000' },
                { path: 'assets:bank', unit: 'EUR', amount: '-15000' },
              ],
            },
          ]),
          say('The entry “Frames of March” is prepared and waits for your yes; nothing is booked yet.'),
        ],
      },
    ],
    scorers: [changesNothing, waitsForYes('ledger.post-entry'), owns],
  },
  {
    agent,
    name: 'books a small correction to the right account',
    person: 'admin',
    turns: [
      {
        says: 'Nails for the hanging, 4.20 EUR, Gallery, paid from the bank: book them as cost of goods.',
        script: [
          use([
            'ledger.post-entry',
            {
              memo: 'Nails for the hanging',
              brandId: 'gallery',
              postings: [
                { path: 'expenses:goods:gallery', unit: 'EUR', amount: '420' },
                { path: 'assets:bank', unit: 'EUR', amount: '-420' },
              ],
            },
          ]),
          say('Booked: 4.20 EUR on expenses:goods:gallery, from assets:bank.'),
        ],
      },
    ],
    scorers: [
      {
        name: 'the entry is right',
        says: 'One entry of two postings was made, 4.20 EUR.',
        least: 1,
        score({ changes }) {
          const amounts = changes.filter(({ table }) => table === 'ledger.postings').map(({ after }) => String(after.amount));
          return amounts.sort().join() === '-420,420' ? 1 : 0;
        },
      },
      says('says the sum', '4.20'),
    ],
  },
];
