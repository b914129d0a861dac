import { definePlugin } from '@troupe-os/core';
import { getWeeks } from './actions/get-weeks.ts';

export const performancePlugin = definePlugin({
  id: 'performance',
  version: '0.1.0',
  from: import.meta.url,
  permissions: { 'performance.week.read': { title: 'See how agents do, week by week', roles: ['viewer'] } },
  tables: {},
  actions: [getWeeks],
  requires: {
    workforce: ['agents', 'weeks', 'seesCosts'],
    governance: ['weeks', 'changedRows'],
    marketplace: ['soldKeys', 'revenueTouched'],
  },
  widgets: [{ name: 'weeks', title: 'Agents by week', action: getWeeks, view: 'table' }],
});
