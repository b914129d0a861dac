// A plugin with something to hide: pages that are read from a role on, and a mood that nobody is shown.

import { defineAction, definePlugin, type Role } from '@troupe-os/core';
import { pgSchema, text } from 'drizzle-orm/pg-core';
import { z } from 'zod';

const pages = pgSchema('diary').table('pages', {
  id: text('id').primaryKey(),
  text: text('text').notNull(),
  mood: text('mood').notNull(),
});

export const writePage = defineAction({
  name: 'diary.write-page',
  title: 'Write a page',
  description: 'Writes a page of the diary.',
  effect: 'write',
  consequential: false,
  risk: 'high',
  permission: 'diary.page.write',
  input: z.strictObject({ text: z.string() }),
  output: z.strictObject({}),
  async handler(ctx, { text }) {
    await ctx.db.insert(pages).values({ id: crypto.randomUUID(), text, mood: 'hidden-mood' });
    return {};
  },
});

export function diaryReadFrom(role: Role) {
  return definePlugin({
    id: 'diary',
    version: '1.0.0',
    from: import.meta.url,
    permissions: {
      'diary.page.write': { title: 'Write pages', roles: ['editor'] },
      'diary.page.read': { title: 'Read pages', roles: [role] },
    },
    tables: { pages: { table: pages, read: 'diary.page.read', hidden: ['mood'], unrecorded: [] } },
    actions: [writePage],
  });
}
