import { refusal } from './refusal.ts';

/** Does what a form asks for, and answers what is said about it; a refusal gives back what was typed. */
export async function done<Kept extends object>(said: string, act: () => Promise<unknown>, kept: Kept = {} as Kept) {
  try {
    await act();
  } catch (error) {
    return refusal(error, kept);
  }
  return { done: said };
}
