import { agentsNever, definePlugin } from '@troupe-os/core';
import { addMessage } from './actions/add-message.ts';
import { createAgent } from './actions/create-agent.ts';
import { finishMessage } from './actions/finish-message.ts';
import { getAgent } from './actions/get-agent.ts';
import { getConversation } from './actions/get-conversation.ts';
import { listAgents } from './actions/list-agents.ts';
import { listConversations } from './actions/list-conversations.ts';
import { renameConversation } from './actions/rename-conversation.ts';
import { startConversation } from './actions/start-conversation.ts';
import { updateAgent } from './actions/update-agent.ts';
import { READ_ALL } from './conversations.ts';
import { workforceErrors } from './errors.ts';
import { agents, conversations, messages } from './schema.ts';
import { concierge } from './seeds.ts';

export const workforcePlugin = definePlugin({
  id: 'workforce',
  version: '0.1.0',
  from: import.meta.url,
  permissions: {
    'workforce.agent.read': { title: 'See the agents', roles: ['viewer'] },
    'workforce.agent.manage': { title: 'Add, change and pause agents', roles: ['admin'], people: true },
    'workforce.conversation.use': { title: 'Hold conversations of your own', roles: ['viewer'] },
    [READ_ALL]: { title: "Read everybody's conversations", roles: ['admin'] },
  },
  tables: {
    agents: { table: agents, read: 'workforce.agent.read', hidden: [], unrecorded: [] },
    conversations: {
      table: conversations,
      read: READ_ALL,
      own: 'ownerId',
      hidden: [],
      unrecorded: [],
      personal: { columns: ['title'] },
    },
    messages: {
      table: messages,
      read: READ_ALL,
      own: 'authorId',
      hidden: [],
      unrecorded: [],
      personal: { columns: ['authorName', 'text', 'toolInput'] },
    },
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
    finishMessage,
  ],
  errors: [workforceErrors],
  // instructions are given by people
  policies: [agentsNever('workforce', ['workforce.create-agent', 'workforce.update-agent'])],
  requires: { identity: ['createActor'] },
  seeds: [concierge],
});
