// Loyalty: customers earn one point for each whole currency unit they spend.
import { definePlugin } from '@troupe-os/core';
import { getBalance } from './actions/get-balance.ts';
import { points } from './schema.ts';
import { creditOrder } from './subscriptions.ts';

export const loyaltyPlugin = definePlugin({
  id: 'loyalty',
  version: '1.0.0',
  from: import.meta.url,
  permissions: {
    'loyalty.balance.read': { title: 'See your own loyalty points', roles: ['guest'] },
    'loyalty.points.read': { title: "See everybody's loyalty points", roles: ['admin'] },
  },
  tables: { points: { table: points, read: 'loyalty.points.read', own: 'customerId', hidden: [], unrecorded: [] } },
  actions: [getBalance],
  subscriptions: [creditOrder],
  widgets: [{ name: 'my-points', title: 'Loyalty points', action: getBalance, view: 'number' }],
});
