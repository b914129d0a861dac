import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import { refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  await assertMayEnter(locals, 'approvals');
  const approval = await locals.api.governance.getApproval({ approvalId: params.approvalId });
  const { requester, onBehalfOf, votes } = approval;
  return { approval, names: await namesOf(locals, [requester, onBehalfOf, ...votes.map(({ person }) => person)]) };
};

export const actions: Actions = {
  approve: async ({ locals, params, request }) => {
    const note = textOf(await request.formData(), 'note') ?? '';
    try {
      await locals.api.governance.approveCall({ approvalId: params.approvalId, note }, { key: crypto.randomUUID() });
    } catch (error) {
      return refusal(error, { note });
    }
    return { done: 'You said yes.' };
  },
  reject: async ({ locals, params, request }) => {
    const note = textOf(await request.formData(), 'note') ?? '';
    try {
      await locals.api.governance.rejectCall({ approvalId: params.approvalId, note }, { key: crypto.randomUUID() });
    } catch (error) {
      return refusal(error, { note });
    }
    return { done: 'You said no. It will not be done.' };
  },
  cancel: async ({ locals, params }) => {
    try {
      await locals.api.governance.cancelApproval({ approvalId: params.approvalId });
    } catch (error) {
      return refusal(error, { note: '' });
    }
    return { done: 'Taken back.' };
  },
};
