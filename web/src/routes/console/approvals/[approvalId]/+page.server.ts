import { decide } from '#lib/server/decide.ts';
import { assertMayEnter } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  await assertMayEnter(locals, 'approvals');
  const approval = await locals.api.governance.getApproval({ approvalId: params.approvalId });
  const { requester, onBehalfOf, votes } = approval;
  return { approval, names: await namesOf(locals, [requester, onBehalfOf, ...votes.map(({ person }) => person)]) };
};

export const actions: Actions = {
  approve: (event) => decide(event, 'yes', event.params.approvalId),
  reject: (event) => decide(event, 'no', event.params.approvalId),
  cancel: (event) => decide(event, 'back', event.params.approvalId),
};
