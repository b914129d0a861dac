import { agentsNever, definePlugin, provide } from '@troupe-os/core';
import { addMessage } from './actions/add-message.ts';
import { beginStep } from './actions/begin-step.ts';
import { cancelTask } from './actions/cancel-task.ts';
import { claimRun } from './actions/claim-run.ts';
import { claimTask } from './actions/claim-task.ts';
import { closeCard } from './actions/close-card.ts';
import { createAgent } from './actions/create-agent.ts';
import { createSchedule } from './actions/create-schedule.ts';
import { createTask } from './actions/create-task.ts';
import { deleteMemory } from './actions/delete-memory.ts';
import { finishRun } from './actions/finish-run.ts';
import { finishTask } from './actions/finish-task.ts';
import { fireSchedule } from './actions/fire-schedule.ts';
import { getAgent } from './actions/get-agent.ts';
import { getConversation } from './actions/get-conversation.ts';
import { getTask } from './actions/get-task.ts';
import { handOverTask } from './actions/hand-over-task.ts';
import { keepAnswer } from './actions/keep-answer.ts';
import { keepAttempt } from './actions/keep-attempt.ts';
import { keepCard } from './actions/keep-card.ts';
import { listAgents } from './actions/list-agents.ts';
import { listBudgets } from './actions/list-budgets.ts';
import { listCards } from './actions/list-cards.ts';
import { listConversations } from './actions/list-conversations.ts';
import { listDueTasks } from './actions/list-due-tasks.ts';
import { listMemories } from './actions/list-memories.ts';
import { listModelPrices } from './actions/list-model-prices.ts';
import { listOpenRuns } from './actions/list-open-runs.ts';
import { listSchedules } from './actions/list-schedules.ts';
import { listTasks } from './actions/list-tasks.ts';
import { openCardAction } from './actions/open-card.ts';
import { pauseSchedule } from './actions/pause-schedule.ts';
import { receiveWebhook } from './actions/receive-webhook.ts';
import { releaseTask } from './actions/release-task.ts';
import { removeBudget } from './actions/remove-budget.ts';
import { removeModelPrice } from './actions/remove-model-price.ts';
import { removeSchedule } from './actions/remove-schedule.ts';
import { renameConversation } from './actions/rename-conversation.ts';
import { resumeSchedule } from './actions/resume-schedule.ts';
import { retryTask } from './actions/retry-task.ts';
import { rotateWebhookSecret } from './actions/rotate-webhook-secret.ts';
import { saveMemory } from './actions/save-memory.ts';
import { searchMemories } from './actions/search-memories.ts';
import { setBudget } from './actions/set-budget.ts';
import { setModelPrice } from './actions/set-model-price.ts';
import { startConversation } from './actions/start-conversation.ts';
import { startRun } from './actions/start-run.ts';
import { tellDecision } from './actions/tell-decision.ts';
import { updateAgent } from './actions/update-agent.ts';
import { updateSchedule } from './actions/update-schedule.ts';
import { updateTask } from './actions/update-task.ts';
import { KEEP_CARDS } from './cards.ts';
import { type FirstAgent, workforcePort } from './contract.ts';
import { READ_ALL } from './conversations.ts';
import { workforceErrors } from './errors.ts';
import { sweepMemories } from './jobs.ts';
import { MANAGE_MEMORY, SHARE_MEMORY, USE_MEMORY } from './memory-standing.ts';
import { fireTriggers } from './schedules.ts';
import {
  agents,
  budgets,
  cards,
  conversations,
  memories,
  memoryCounts,
  memoryEmbeddings,
  messages,
  modelPrices,
  runs,
  schedules,
  spending,
  steps,
  taskApprovals,
  taskDependencies,
  tasks,
} from './schema.ts';
import { concierge, hire } from './seeds.ts';
import { TASKS_ALL } from './tasks.ts';
import { workOf } from './work-weeks.ts';

/** Nobody's: a memory is read by those for whom it was saved, and by no other, whatever their role. */
const READ_MEMORIES = 'workforce.memory.read-all';

export const workforcePlugin = definePlugin({
  id: 'workforce',
  version: '0.1.0',
  from: import.meta.url,
  permissions: {
    'workforce.agent.read': { title: 'See the agents', roles: ['viewer'] },
    'workforce.agent.manage': { title: 'Add, change and pause agents', roles: ['admin'], people: true },
    'workforce.conversation.use': { title: 'Hold conversations of your own', roles: ['viewer'] },
    [USE_MEMORY]: { title: 'Have things remembered, and see what was remembered for you', roles: ['viewer'] },
    [SHARE_MEMORY]: {
      title: 'Have things remembered for a brand, for the company and for who talks with an agent',
      roles: ['editor'],
    },
    [MANAGE_MEMORY]: { title: 'Delete what others had remembered for a brand or the company', roles: ['admin'] },
    'workforce.task.use': { title: 'Give tasks, and do your own', roles: ['viewer'] },
    [TASKS_ALL]: { title: "See, change and cancel everybody's tasks", roles: ['admin'] },
    'workforce.schedule.manage': { title: 'Set up standing tasks', roles: ['editor'], people: true },
    'workforce.webhook.call': { title: 'Call webhooks whose secret one has', roles: ['guest'] },
    'workforce.budget.read': { title: 'See what models cost, and what may be spent on them', roles: ['editor'], company: true },
    'workforce.budget.manage': { title: 'Say what models cost, and set budgets', roles: ['admin'], people: true, company: true },
    // nobody's but the house's own
    'workforce.run.keep': { title: 'Keep the runs and the tasks of agents', roles: [] },
    [READ_MEMORIES]: { title: 'Read what is remembered for anybody', roles: [] },
    [KEEP_CARDS]: { title: 'Show approvals in chats', roles: [] },
    [READ_ALL]: { title: "Read everybody's conversations", roles: ['admin'] },
  },
  tables: {
    agents: { table: agents, read: 'workforce.agent.read', hidden: [], unrecorded: [] },
    conversations: {
      table: conversations,
      read: READ_ALL,
      own: 'ownerId',
      private: ['summary'],
      hidden: [],
      unrecorded: [],
      personal: { columns: ['title', 'summary'] },
    },
    messages: {
      table: messages,
      read: READ_ALL,
      own: 'authorId',
      private: ['text', 'toolInput'], // what is said of memories stands there too
      hidden: [],
      unrecorded: [],
      personal: { columns: ['authorName', 'text', 'toolInput'] },
    },
    cards: { table: cards, read: READ_ALL, own: 'personId', hidden: [], unrecorded: [] },
    modelPrices: { table: modelPrices, read: 'workforce.budget.read', hidden: [], unrecorded: [] },
    budgets: { table: budgets, read: 'workforce.budget.read', hidden: [], unrecorded: [] },
    spending: { table: spending, read: 'workforce.budget.read', hidden: [], unrecorded: [] },
    runs: { table: runs, read: READ_ALL, own: 'personId', hidden: ['caller'], unrecorded: [] },
    steps: {
      table: steps,
      read: READ_ALL,
      own: 'personId',
      private: ['text', 'calls', 'results'],
      hidden: [],
      unrecorded: [],
      personal: { columns: ['text', 'calls', 'results'] },
    },
    tasks: {
      table: tasks,
      read: TASKS_ALL,
      own: 'personId',
      hidden: ['mandate'],
      unrecorded: [],
      personal: { columns: ['title', 'brief', 'output', 'payload', 'createdByName'] },
    },
    schedules: {
      table: schedules,
      read: TASKS_ALL,
      own: 'personId',
      hidden: ['mandate'],
      unrecorded: [],
      personal: { columns: ['title', 'brief', 'personName'] },
    },
    memories: {
      table: memories,
      read: READ_MEMORIES,
      own: 'personId',
      hidden: ['words'],
      unrecorded: ['words'],
      personal: { columns: 'row', mentions: ['text'] },
      codes: ['scope', 'scopeId', 'personId', 'savedBy'],
    },
    memoryCounts: { table: memoryCounts, read: READ_MEMORIES, hidden: [], unrecorded: [] },
    memoryEmbeddings: { table: memoryEmbeddings, read: READ_MEMORIES, hidden: ['vector'], unrecorded: ['vector'] },
    taskDependencies: { table: taskDependencies, read: TASKS_ALL, own: 'personId', hidden: [], unrecorded: [] },
    taskApprovals: { table: taskApprovals, read: TASKS_ALL, own: 'personId', hidden: [], unrecorded: [] },
  },
  actions: [
    createAgent,
    listAgents,
    getAgent,
    updateAgent,
    startConversation,
    listConversations,
    getConversation,
    renameConversation,
    addMessage,
    openCardAction,
    keepCard,
    closeCard,
    listCards,
    startRun,
    keepAnswer,
    beginStep,
    finishRun,
    listOpenRuns,
    claimRun,
    setModelPrice,
    removeModelPrice,
    listModelPrices,
    setBudget,
    removeBudget,
    listBudgets,
    saveMemory,
    searchMemories,
    listMemories,
    deleteMemory,
    createTask,
    listTasks,
    getTask,
    updateTask,
    cancelTask,
    retryTask,
    finishTask,
    handOverTask,
    listDueTasks,
    claimTask,
    keepAttempt,
    releaseTask,
    tellDecision,
    createSchedule,
    updateSchedule,
    pauseSchedule,
    resumeSchedule,
    removeSchedule,
    rotateWebhookSecret,
    listSchedules,
    fireSchedule,
    receiveWebhook,
  ],
  errors: [workforceErrors],
  // instructions and budgets are given by people, and what an agent says is kept by its run
  policies: [
    agentsNever('workforce', [
      'workforce.create-agent',
      'workforce.update-agent',
      'workforce.add-message',
      'workforce.set-model-price',
      'workforce.remove-model-price',
      'workforce.set-budget',
      'workforce.remove-budget',
      'workforce.update-task',
      'workforce.retry-task',
      'workforce.create-schedule',
      'workforce.update-schedule',
      'workforce.pause-schedule',
      'workforce.resume-schedule',
      'workforce.remove-schedule',
      'workforce.rotate-webhook-secret',
      'workforce.receive-webhook',
    ]),
  ],
  requires: {
    identity: ['createActor', 'agent', 'keepAgentTo', 'holders', 'findPerson', 'brandExists', 'rolesOf', 'openDepartments'],
  },
  provides: [provide(workforcePort, workOf)],
  subscriptions: [fireTriggers],
  jobs: [sweepMemories],
  seeds: [hire(concierge)],
});

/** The plugin of a house that begins with these agents, the one who answers first before the others. */
export const workforceWith = (roster: readonly FirstAgent[]): typeof workforcePlugin =>
  Object.freeze({ ...workforcePlugin, seeds: roster.map(hire) });
