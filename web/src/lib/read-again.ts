import type { SubmitFunction } from '$app/forms';
import { invalidateAll } from '$app/navigation';

/** For `enhance`: reads the page again after a refusal too, as one may say that somebody else was there before. What was typed stays. */
export const readAgain: SubmitFunction =
  () =>
  async ({ result, update }) => {
    await update({ reset: result.type === 'success' });
    if (result.type === 'failure') await invalidateAll();
  };
