import { textOf } from '#lib/server/form-text.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const email = textOf(await request.formData(), 'email');
    if (!email) return notYet('Type your e-mail address.', { email });
    try {
      await locals.api.identity.requestLink({ email });
    } catch (error) {
      return refusal(error, { email });
    }
    return { sent: true };
  },
};
