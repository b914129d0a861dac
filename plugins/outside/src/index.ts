import { definePlugin, provide } from '@troupe-os/core';
import { getCall } from './actions/get-call.ts';
import { listCalls } from './actions/list-calls.ts';
import { beginCall, endCall, giveUpCall, keepCall, READ_ALL } from './calls.ts';
import { outsideErrors, outsidePort } from './contract.ts';
import { calls } from './schema.ts';

export const outsidePlugin = definePlugin({
  id: 'outside',
  version: '0.1.0',
  from: import.meta.url,
  permissions: {
    'outside.call.read': { title: 'See what became of your own calls of outside servers', roles: ['viewer'] },
    [READ_ALL]: { title: "See everybody's calls of outside servers", roles: ['admin'] },
  },
  tables: {
    calls: {
      table: calls,
      read: READ_ALL,
      own: 'personId',
      hidden: [],
      unrecorded: [],
      codes: ['action', 'actorId', 'personId', 'state', 'errorCode', 'errorMessage'],
      personal: { of: 'personId', columns: ['answer'] },
    },
  },
  actions: [getCall, listCalls],
  errors: [outsideErrors],
  provides: [
    provide(outsidePort, (ctx) => ({
      keep: (call) => keepCall(ctx, call),
      begin: (callId) => beginCall(ctx, callId),
      end: (callId, result) => endCall(ctx, callId, result),
      giveUp: (callId, error) => giveUpCall(ctx, callId, error),
    })),
  ],
});
