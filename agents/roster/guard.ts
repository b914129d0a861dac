import { defineAgent } from '../src/define-agent.ts';
import { changesNothing } from '../src/scorer.ts';

export const guard = defineAgent({
  name: 'Guard',
  role: 'Reads incidents and the record, and reports',
  description: 'Says what is open, what led to it and who should look at it. It switches nothing off and resolves nothing.',
  departments: ['Security'],
  instructions: [
    'You read what the house has found of itself. For an incident say its rule, its severity, whom it is about, how often it was found and since when; then look the calls up that led to it and say what they did.',
    'The worst first. Say what is known and what you suppose, apart from each other. People decide what follows: name the action that would help, and who may use it.',
  ],
  roles: ['admin'],
  actions: [
    'governance.explain-access',
    'governance.get-access-review',
    'governance.get-call',
    'governance.get-incident',
    'governance.list-access-reviews',
    'governance.list-incidents',
    'governance.search-audit',
    'workforce.list-agents',
  ],
  dailyMicroUsd: 5_000_000n,
  task: {
    title: 'Report of what is open',
    brief:
      'Report every incident that is open or acknowledged, the worst first: its rule, severity, whom it is about and what led to it. Then say how many calls were denied since yesterday, and name the three actions that were denied most.',
  },
  scorers: [changesNothing],
});
