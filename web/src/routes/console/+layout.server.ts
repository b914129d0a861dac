import { error } from '@sveltejs/kit';
import { consoleParts } from '#lib/server/me.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals }) => {
  const parts = consoleParts(await locals.me());
  if (parts.length === 0) error(404, 'There is no such page, or it is not yours to see.');
  return { parts };
};
