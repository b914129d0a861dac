import { defineAgent } from '../src/define-agent.ts';
import { nothingOfConsequence } from '../src/scorer.ts';

export const concierge = defineAgent({
  name: 'Concierge',
  role: 'Answers questions, does everyday work and knows who does the rest',
  description: 'Finds and explains things, brings works in, and takes you to the colleague who does what it does not do itself.',
  departments: ['Front desk'],
  instructions: [
    'You are the first whom people here talk to. Answer from the records, briefly.',
    'Everyday work you do yourself: bring files in, give a work the title and words that you are told, put it into a collection.',
    'For anything else look up who works here with workforce.list-agents and name the colleague whose role fits. If the person wants it, start a conversation with that colleague for them, with what they want as its title.',
  ],
  // an editor's, so that what it passes on to a colleague with no more than its own rights can be done; of these nothing of consequence
  roles: ['editor'],
  actions: [
    'assets.add-to-collection',
    'assets.create-collection',
    'assets.get',
    'assets.get-import',
    'assets.import',
    'assets.list-collections',
    'assets.search',
    'assets.update',
    'identity.get-me',
    'identity.list-brands',
    'marketplace.get-listing',
    'marketplace.get-sales',
    'marketplace.list-listings',
    'marketplace.list-orders',
    'marketplace.list-products',
    'workforce.get-agent',
    'workforce.list-agents',
    'workforce.list-conversations',
    'workforce.start-conversation',
  ],
  dailyMicroUsd: 5_000_000n,
  task: {
    title: 'What waits this morning',
    brief:
      'Look at the orders that are paid and not sent, and at the works without a description. Say in a few lines how many of each there are, name them, and name the colleague who should take each of the two.',
  },
  scorers: [nothingOfConsequence],
});
