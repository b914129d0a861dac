// A person's answer to what waits for a yes, from whichever page.
import { textOf } from './form-text.ts';
import { refusal } from './refusal.ts';

type Answer = 'yes' | 'no' | 'back';

/** Kept in the trace of what asked for it. What was refused is answered to the form, with the note. */
export async function decide({ locals, request }: { locals: App.Locals; request: Request }, answer: Answer, id?: string) {
  const form = await request.formData();
  const [approvalId = '', note = ''] = [id ?? textOf(form, 'approvalId'), textOf(form, 'note')];
  const { governance } = locals.api;
  try {
    const { trace } = await governance.getApproval({ approvalId });
    const options = { key: crypto.randomUUID(), ...(trace ? { trace } : {}) };
    if (answer === 'yes') await governance.approveCall({ approvalId, note }, options);
    else if (answer === 'no') await governance.rejectCall({ approvalId, note }, options);
    else await governance.cancelApproval({ approvalId }, options);
  } catch (error) {
    return refusal(error, { note });
  }
  return { done: DONE[answer] };
}

const DONE: Readonly<Record<Answer, string>> = {
  yes: 'You said yes.',
  no: 'You said no. It will not be done.',
  back: 'Taken back.',
};
