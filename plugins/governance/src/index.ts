import { definePlugin } from '@troupe-os/core';
import { getCall } from './actions/get-call.ts';
import { searchAudit } from './actions/search-audit.ts';
import { governanceErrors } from './errors.ts';

export const governancePlugin = definePlugin({
  id: 'governance',
  version: '0.1.0',
  from: import.meta.url,
  permissions: {
    'governance.audit.read': { title: 'Read the record of what everybody did', roles: ['admin'] },
  },
  tables: {},
  errors: [governanceErrors],
  actions: [searchAudit, getCall],
});
