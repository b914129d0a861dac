import { definePlugin } from '@troupe-os/core';
import { addItem } from './actions/add-item.ts';
import { listItems } from './actions/list-items.ts';
import { itemAdded } from './contract.ts';
import { sampleErrors } from './errors.ts';
import { items } from './schema.ts';

export const samplePlugin = definePlugin({
  id: 'sample',
  version: '0.1.0',
  from: import.meta.url,
  permissions: {
    'sample.item.write': { title: 'Add items', roles: ['editor'] },
    'sample.item.read': { title: 'See items', roles: ['viewer'] },
  },
  tables: {
    items: { table: items, read: 'sample.item.read', hidden: [], unrecorded: [] },
  },
  actions: [addItem, listItems],
  errors: [sampleErrors],
  events: [itemAdded],
});
