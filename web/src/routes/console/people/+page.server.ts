import { done } from '#lib/server/done.ts';
import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter, holds } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import { notYet } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

const PAGE = 50;
/** Of lists to choose from. */
const MOST = 100;
const WHOLE = '';

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await assertMayEnter(locals, 'people');
  const cursor = url.searchParams.get('cursor');
  const { identity } = locals.api;
  const [people, invitations, roles, brands, departments] = await Promise.all([
    identity.listPeople({ limit: PAGE, ...(cursor ? { cursor } : {}) }),
    invitationsOf(locals),
    holds(me, 'identity.role.read') ? identity.listRoles({ limit: MOST }) : { items: [] },
    holds(me, 'identity.brand.read') ? identity.listBrands({ limit: MOST }) : { items: [] },
    holds(me, 'identity.department.read') ? identity.listDepartments({ limit: MOST }) : { items: [] },
  ]);
  return {
    people: people.items,
    nextCursor: people.nextCursor,
    invitations,
    names: await namesOf(
      locals,
      invitations.map(({ invitedBy }) => invitedBy),
    ),
    ownId: me.id,
    mayManage: holds(me, 'identity.person.manage'),
    mayGrant: holds(me, 'identity.role.grant'),
    roles: roles.items.map(({ roleId, name }) => ({ value: roleId, label: name })),
    places: [
      { value: WHOLE, label: 'The whole company' },
      ...brands.items.map(({ brandId, name }) => ({ value: `brand:${brandId}`, label: name })),
      ...departments.items.map(({ departmentId, name }) => ({
        value: `department:${departmentId}`,
        label: `${name} (department)`,
      })),
    ],
  };
};

/** Those of one brand see its people, and no invitations. */
async function invitationsOf(locals: App.Locals) {
  const me = await locals.me();
  const isCompanys = me.permissions.some(({ name, brands }) => name === 'identity.person.read' && !brands);
  return isCompanys ? (await locals.api.identity.listInvitations({ limit: MOST })).items : [];
}

/** Each answer says which form it is of, so that it is shown there. */
export const actions: Actions = {
  invite: async ({ request, locals }) => {
    const form = await request.formData();
    const field = (name: string) => textOf(form, name);
    const kept = { form: 'invite', name: field('name'), email: field('email'), role: field('role'), place: field('place') };
    const { name, email, role, place } = kept;
    if (!name || !email) return notYet('Say who is invited: a name, and an e-mail address.', kept);
    const asked = { name, email, ...(role ? { role, ...placeOf(place) } : {}) };
    return done(`Invited: ${name}. The letter is on its way.`, () => locals.api.identity.invitePerson(asked), kept);
  },
  uninvite: async ({ request, locals }) => {
    const invitationId = textOf(await request.formData(), 'invitation') ?? '';
    return done('The invitation is taken back: its link works no more.', () =>
      locals.api.identity.revokeInvitation({ invitationId }),
    );
  },
  grant: async ({ request, locals }) => {
    const form = await request.formData();
    const [personId = '', role, place] = [textOf(form, 'person'), textOf(form, 'role'), textOf(form, 'place')];
    const kept = { form: personId, role, place };
    if (!role) return notYet('Choose a role.', kept);
    return done(
      'The role is given. Whoever was signed in has to sign in again.',
      () => locals.api.identity.grantRole({ personId, role, ...placeOf(place) }),
      kept,
    );
  },
  revoke: async ({ request, locals }) => {
    const form = await request.formData();
    const [personId = '', role = '', place] = [textOf(form, 'person'), textOf(form, 'role'), textOf(form, 'place')];
    return done('The role is taken back.', () => locals.api.identity.revokeRole({ personId, role, ...placeOf(place) }));
  },
  deactivate: async ({ request, locals }) => {
    const personId = textOf(await request.formData(), 'person') ?? '';
    return done('Deactivated: sessions, tokens and links have ended.', () => locals.api.identity.deactivatePerson({ personId }));
  },
  reactivate: async ({ request, locals }) => {
    const personId = textOf(await request.formData(), 'person') ?? '';
    return done('Reactivated, with the roles of before. They have to sign in again.', () =>
      locals.api.identity.reactivatePerson({ personId }),
    );
  },
};

function placeOf(place = WHOLE): { brandId?: string; departmentId?: string } {
  const [kind, id] = [place.slice(0, place.indexOf(':')), place.slice(place.indexOf(':') + 1)];
  if (kind === 'brand') return { brandId: id };
  return kind === 'department' ? { departmentId: id } : {};
}
