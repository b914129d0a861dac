// What proves a call of an app: the id of the grant, whichever of its tokens was shown.

/** How the record names it. */
export const appCredential = (grantId: string): string => `app:${grantId}`;

/** The id of the grant; undefined where something else proves the call. */
export function appGrantId(credential: string): string | undefined {
  return credential.startsWith('app:') ? credential.slice('app:'.length) : undefined;
}
