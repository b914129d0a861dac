import { page } from '$app/state';

/** The address of a form's action on this page, which stays at its conversation. */
export function actionHere(name: string): string {
  const kept = new URLSearchParams([...page.url.searchParams].filter(([key]) => key === 'c' || key === 'agent'));
  return `?${kept.size > 0 ? `${kept}&` : ''}/${name}`;
}
