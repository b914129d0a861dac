// What the browser does with passkeys, https://www.w3.org/TR/webauthn-3/.

/** Has the browser make a passkey; answers what the house keeps of it. Throws where the person or the browser declines. */
export async function makePasskey(options: string): Promise<string> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(options));
  return textOf(await navigator.credentials.create({ publicKey }));
}

/** Has a passkey sign. Throws where the person or the browser declines. */
export async function signWithPasskey(options: string): Promise<string> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options));
  return textOf(await navigator.credentials.get({ publicKey }));
}

function textOf(credential: Credential | null): string {
  if (!(credential instanceof PublicKeyCredential)) throw new Error('The browser has answered no passkey.');
  return JSON.stringify(credential.toJSON());
}
