import { assertMayEnter } from '#lib/server/me.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  await assertMayEnter(locals, 'ledger');
  const [path, unit, cursor] = ['path', 'unit', 'cursor'].map((name) => url.searchParams.get(name) || undefined);
  const within = { ...(path ? { path } : {}), ...(unit ? { unit } : {}) };
  const [statement, account] = await Promise.all([
    locals.api.ledger.getStatement({ ...within, limit: 50, ...(cursor ? { cursor } : {}) }),
    path ? locals.api.ledger.getBalance({ path, ...(unit ? { unit } : {}) }) : undefined,
  ]);
  return { postings: statement.items, nextCursor: statement.nextCursor, account };
};
