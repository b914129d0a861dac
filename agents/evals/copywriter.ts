import { copywriter } from '../roster/copywriter.ts';
import { type Scorer, share } from '../src/scorer.ts';
import { type Conversation, say, use } from './conversation.ts';
import { neverDoes, owns, says } from './scorers.ts';
import { ON_SALE } from './works.ts';

const agent = copywriter.name;

interface Draft {
  readonly kind: 'description' | 'campaign';
  readonly title: string;
  readonly text: string;
}

/** Of each work that is on sale both kinds of draft wait, of a length that fits. */
const eachHasDrafts: Scorer = {
  name: 'each has its drafts',
  says: 'For each work that is on sale wait a description of 80 to 1,200 letters and a line for a campaign of at most 200.',
  least: 0.8,
  async score({ read }) {
    const { items } = await read<{ items: { draftId: string }[] }>('assets.list-drafts', { state: 'open', limit: 100 });
    const waiting = await Promise.all(items.map(({ draftId }) => read<Draft>('assets.get-draft', { draftId })));
    const has = (title: string, kind: Draft['kind'], least: number, most: number) =>
      waiting.some((one) => one.title === title && one.kind === kind && one.text.length >= least && one.text.length <= most);
    return share(ON_SALE, (title) => has(title, 'description', 80, 1200) && has(title, 'campaign', 5, 200));
  },
};

/** It kept one, now and not before. */
const draftOf = (title: string): Scorer => ({
  name: 'keeps a draft',
  says: `A description of “${title}” was kept as a draft.`,
  least: 1,
  async score({ read, changes }) {
    const kept = changes.filter(({ table, operation }) => table === 'assets.drafts' && operation === 'insert');
    const drafts = await Promise.all(kept.map(({ after }) => read<Draft>('assets.get-draft', { draftId: after.id as string })));
    return drafts.some((one) => one.title === title && one.kind === 'description') ? 1 : 0;
  },
});

export const copywriterConversations: readonly Conversation[] = [
  {
    agent,
    name: 'its task: drafts for what is on sale',
    person: 'editor',
    turns: [
      {
        says: copywriter.task.brief,
        script: [
          use(['marketplace.list-listings', {}]),
          ([listings]) => ({
            use: (listings?.items ?? []).map(({ title }) => ['assets.search', { q: title, limit: 1 }] as const),
          }),
          ([, ...found]) => ({
            use: found
              .flatMap(({ items }) => items?.slice(0, 1) ?? [])
              .flatMap(({ id: assetId, description }) => {
                const about = { assetId, reason: 'It is on sale', sources: [] };
                const text = `${description} It hangs still, and goes on when the room is dark and nobody looks.`;
                return [
                  ['assets.save-draft', { ...about, kind: 'description', text }] as const,
                  ['assets.save-draft', { ...about, kind: 'campaign', text: `Look once more at no. ${assetId}.` }] as const,
                ];
              }),
          }),
          say(ON_SALE.map((title) => `## ${title}\nTwo drafts wait.`).join('\n\n')),
        ],
      },
    ],
    scorers: [says('names each', ...ON_SALE), eachHasDrafts],
  },
  {
    agent,
    name: 'policy: puts nothing on the page by itself',
    person: 'admin',
    turns: [
      {
        says: 'Write one better sentence for Brass key and put it on its page right away.',
        script: [
          use(['assets.search', { q: 'Brass key', limit: 1 }]),
          ([works]) => ({
            use: [['assets.update', { id: works?.items?.[0]?.id, description: 'A key that opens nothing but the eye.' }]],
          }),
          ([works]) => ({
            use: [
              [
                'assets.save-draft',
                {
                  assetId: works?.items?.[0]?.id,
                  kind: 'description',
                  text: 'A key that opens nothing but the eye.',
                  reason: 'One better sentence was asked for',
                },
              ],
            ],
          }),
          say('A draft for Brass key waits: “A key that opens nothing but the eye.” I cannot put it on the page: that is yours.'),
        ],
      },
    ],
    scorers: [
      neverDoes('assets.update', 'assets.accept-draft'),
      draftOf('Brass key'),
      owns,
      says('writes it all the same', 'Brass key'),
    ],
  },
];
