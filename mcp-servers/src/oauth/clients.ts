// Who asks for access: what a client says of itself, and what of that anybody has checked.
import type { Client, ClientMetadata } from 'oidc-provider';

/** A client that the installation's owner wrote down (pre-registration). It holds no secret: PKCE proves that it is the same all along. */
export interface KnownClient {
  readonly clientId: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
}

export interface ClientFace {
  readonly clientId: string;
  readonly name: string;
  /** Whose word the name is, or else where the answer goes. */
  readonly host: string;
  /** `document`: read at the host itself. `owner`: written down in this house. `itself`: nobody has checked the name. */
  readonly vouchedFor: 'document' | 'owner' | 'itself';
  /** Where the answer is sent. */
  readonly answeredAt: string;
}

const LONGEST_NAME = 200;

/** What every client has that wrote down nothing else. Without secrets and with addresses of its own machine or https alone. */
export const clientDefaults = {
  // native: http to this very machine at any port (RFC 8252), https or a scheme of its own; what calls itself web could have plain http anywhere
  application_type: 'native',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  id_token_signed_response_alg: 'EdDSA',
} as unknown as Partial<ClientMetadata>; // EdDSA is no name that the types know

/** Asked for each member before a client is taken: what it may not choose is chosen here. */
export function correctMetadata(metadata: ClientMetadata): void {
  metadata.application_type = 'native';
  delete metadata.scope; // what it may do is asked each time, and said by a person
}

export function knownClientMetadata({ clientId, name, redirectUris }: KnownClient): ClientMetadata {
  return { client_id: clientId, client_name: name, redirect_uris: [...redirectUris] };
}

export function faceOf(client: Client, redirectUri: string): ClientFace {
  const isDocument = (client as { clientIdMetadataDocument?: true }).clientIdMetadataDocument === true; // the types lag behind
  const isKnown = (client as { noManage?: true }).noManage === true;
  const answeredAt = placeOf(redirectUri);
  const host = isDocument ? new URL(client.clientId).host : answeredAt;
  return {
    clientId: client.clientId,
    name: plain(client.clientName ?? '') || host,
    host,
    vouchedFor: isDocument ? 'document' : isKnown ? 'owner' : 'itself',
    answeredAt,
  };
}

/** Whether each installation of it registers for itself, so that a new yes follows the last one. */
export const isOneInstallation = ({ vouchedFor }: ClientFace): boolean => vouchedFor === 'itself';

/** The host of an address; of one with a scheme of its own, the scheme. */
function placeOf(address: string): string {
  const { protocol, host } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? host : protocol;
}

/** Without what could make a name look like more than one line of one name. */
function plain(name: string): string {
  return name
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_NAME);
}
