// How tasks stand, in the words of the console.
export const TASK_STATES = ['open', 'running', 'waiting', 'done', 'failed', 'cancelled'] as const;
export type TaskState = (typeof TASK_STATES)[number];

export const TASK_WORDS: Readonly<Record<TaskState, string>> = {
  open: 'queue',
  running: 'working',
  waiting: 'waiting',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

const WAITS = {
  tasks: 'for other tasks',
  approval: 'for what a person has to decide',
  budget: 'for a new day of the budget for models',
} as const;

export const waitsFor = (what: keyof typeof WAITS | undefined): string => (what ? WAITS[what] : '');

export const PRIORITIES = [
  { value: '1', label: '1, before all others' },
  { value: '2', label: '2' },
  { value: '3', label: '3, as most' },
  { value: '4', label: '4' },
  { value: '5', label: '5, when nothing else waits' },
];
