// A form action asked by a script: for what only a script can do, which is to ask a passkey or a wallet.
import { deserialize } from '$app/forms';

/** Posts fields to a form action, as the page's own forms do. */
export async function sendForm(
  action: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<ReturnType<typeof deserialize>> {
  const headers = { accept: 'application/json', 'x-sveltekit-action': 'true' };
  const response = await fetch(action, { method: 'POST', body: new URLSearchParams(fields), headers });
  return deserialize(await response.text());
}
