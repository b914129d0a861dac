// A person's answer to what waits for a yes, from whichever page.
import { ClientError } from '@troupe-os/core/client';
import { textOf } from './form-text.ts';
import { refusal } from './refusal.ts';

type Answer = 'yes' | 'no' | 'back';

/** Kept in the trace of what asked for it. What was refused is answered to the form, with the note. */
export async function decide({ locals, request }: { locals: App.Locals; request: Request }, answer: Answer, id?: string) {
  const form = await request.formData();
  const [approvalId = '', note = ''] = [id ?? textOf(form, 'approvalId'), textOf(form, 'note')];
  const { governance } = locals.api;
  try {
    const options = { key: crypto.randomUUID(), ...(await traceOf(locals, approvalId)) };
    if (answer === 'yes') await governance.approveCall({ approvalId, note }, options);
    else if (answer === 'no') await governance.rejectCall({ approvalId, note }, options);
    else await governance.cancelApproval({ approvalId }, options);
  } catch (error) {
    return refusal(error, { note });
  }
  return { done: DONE[answer] };
}

/** Nothing, where they may not see it: what they try is refused, and on record. */
async function traceOf(locals: App.Locals, approvalId: string): Promise<{ trace?: string }> {
  try {
    const { trace } = await locals.api.governance.getApproval({ approvalId });
    return trace ? { trace } : {};
  } catch (error) {
    if (error instanceof ClientError && error.status < 500) return {};
    throw error;
  }
}

const DONE: Readonly<Record<Answer, string>> = {
  yes: 'You said yes.',
  no: 'You said no. It will not be done.',
  back: 'Taken back.',
};
