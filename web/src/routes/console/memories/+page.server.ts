import type { Api } from '#lib/server/api.ts';
import { done } from '#lib/server/done.ts';
import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter, holds, type Me } from '#lib/server/me.ts';
import { actorsOf, namesFrom } from '#lib/server/names.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

const SCOPES = ['person', 'agent', 'department', 'brand', 'company'] as const;
type Scope = (typeof SCOPES)[number];

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await assertMayEnter(locals, 'memories');
  const { api } = locals;
  const scope = SCOPES.find((one) => one === url.searchParams.get('scope'));
  const cursor = url.searchParams.get('cursor');
  const [{ items, nextCursor }, actors, places] = await Promise.all([
    api.workforce.listMemories({ limit: 50, ...(scope ? { scope } : {}), ...(cursor ? { cursor } : {}) }),
    actorsOf(locals),
    placesOf(api, me),
  ]);
  const agents = actors.filter(({ kind, isActive }) => kind === 'agent' && isActive);
  const mayShare = holds(me, 'workforce.memory.share');
  return {
    memories: items,
    nextCursor,
    filter: { scope: scope ?? '' },
    ownId: me.id,
    maySeeRecord: holds(me, 'governance.audit.read'),
    names: { ...namesFrom(actors), ...Object.fromEntries(places.map(({ id, name }) => [id, name])), [me.id]: `${me.name} (you)` },
    readers: [
      { value: 'person', label: 'Nobody but you' },
      ...(mayShare
        ? [
            { value: 'company', label: 'Everybody who works on the whole company' },
            ...places.map(({ kind, id, name }) => ({ value: `${kind}:${id}`, label: `The ${kind} ${name}` })),
            ...agents.map(({ id, name }) => ({ value: `agent:${id}`, label: `Whoever talks with ${name}` })),
          ]
        : []),
    ],
  };
};

/** Brands and departments, as far as one may list them. */
async function placesOf(api: Api, me: Me): Promise<{ kind: 'brand' | 'department'; id: string; name: string }[]> {
  const [brands, departments] = await Promise.all([
    holds(me, 'identity.brand.read') ? api.identity.listBrands({ limit: 100 }) : undefined,
    holds(me, 'identity.department.read') ? api.identity.listDepartments({ limit: 100 }) : undefined,
  ]);
  return [
    ...(brands?.items ?? []).map(({ brandId, name }) => ({ kind: 'brand' as const, id: brandId, name })),
    ...(departments?.items ?? []).map(({ departmentId, name }) => ({ kind: 'department' as const, id: departmentId, name })),
  ];
}

export const actions: Actions = {
  save: async ({ request, locals }) => {
    const form = await request.formData();
    const kept = { text: textOf(form, 'text'), reader: textOf(form, 'reader') };
    if (!kept.text) return notYet('Say what is to be remembered.', kept);
    const [scope = 'person', scopeId] = (kept.reader ?? 'person').split(/:(.*)/s) as [Scope?, string?];
    try {
      const { isNew } = await locals.api.workforce.saveMemory({ text: kept.text, scope, ...(scopeId ? { scopeId } : {}) });
      return { done: isNew ? 'Remembered.' : 'That was remembered already.' };
    } catch (error) {
      return refusal(error, kept);
    }
  },
  forget: async ({ request, locals }) => {
    const memoryId = textOf(await request.formData(), 'memory') ?? '';
    return done('Forgotten: nobody finds it from now on.', () => locals.api.workforce.deleteMemory({ memoryId }));
  },
};
