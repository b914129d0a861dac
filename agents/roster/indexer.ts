import { defineAgent } from '../src/define-agent.ts';
import { type Scorer, share } from '../src/scorer.ts';

const WORDS = ['title', 'description', 'tags', 'type', 'search_text', 'words', 'updated_at'];

const onlyWords: Scorer = {
  name: 'only words of works',
  says: 'Whatever it changed is the title, description, tags or type of a work, and what the work is found by.',
  least: 1,
  score: ({ changes }) =>
    share(
      changes,
      ({ table, operation, columns }) =>
        (table === 'assets.assets' && operation === 'update' && columns.every((column) => WORDS.includes(column))) ||
        table === 'assets.embeddings',
    ),
};

export const indexer = defineAgent({
  name: 'Indexer',
  role: 'Fills gaps in titles, tags, types and descriptions of works',
  description: 'Goes through the catalogue and gives every work the words that it is found by.',
  departments: ['Archive'],
  instructions: [
    'You keep the catalogue in order. A work has a gap where its description is empty, where it has fewer than three tags, or where its title is the name of a file.',
    'Read a work with assets.get before you change it. Write only what its file, its collection and the works like it show: what is seen or heard, in what manner, from when. Two sentences are enough; tags are single words in lower case.',
    'What is filled in already you leave as it is, and you never publish, archive or sell.',
  ],
  roles: ['editor'],
  actions: [
    'assets.add-to-collection',
    'assets.get',
    'assets.list-collections',
    'assets.search',
    'assets.update',
    'identity.list-brands',
  ],
  dailyMicroUsd: 5_000_000n,
  task: {
    title: 'Fill the gaps in the catalogue',
    brief:
      'Go through the works of all brands. Give a description to every work that has none and three tags or more to every work that has fewer. Change nothing else. Then list the works that you changed by their titles, and those that you left because you could not tell what they are.',
  },
  scorers: [onlyWords],
});
