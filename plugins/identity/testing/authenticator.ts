// An authenticator in software: it makes one passkey and signs with it, byte for byte as WebAuthn level 3 says (6.1, 6.5.1, RFC 9052).
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const [USER_PRESENT, USER_VERIFIED, KEY_INCLUDED] = [0x01, 0x04, 0x40];

interface Signing {
  readonly origin?: string;
  readonly host?: string;
  readonly verifies?: boolean;
  /** What its counter says; it counts by itself. */
  readonly counter?: number;
}

export function createAuthenticator() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = randomBytes(16);
  let counted = 0;

  function data({ host = 'troupe.test', verifies = true, counter = ++counted }: Signing, more = Buffer.alloc(0)): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const flags = USER_PRESENT | (verifies ? USER_VERIFIED : 0) | (more.length > 0 ? KEY_INCLUDED : 0);
    return Buffer.concat([createHash('sha256').update(host).digest(), Buffer.from([flags]), count, more]);
  }

  const clientData = (type: string, options: string, { origin = 'http://troupe.test' }: Signing) =>
    Buffer.from(JSON.stringify({ type, challenge: (JSON.parse(options) as { challenge: string }).challenge, origin }));

  function answer(response: Record<string, Buffer>): string {
    const encoded = Object.fromEntries(Object.entries(response).map(([name, bytes]) => [name, bytes.toString('base64url')]));
    const id = credentialId.toString('base64url');
    return JSON.stringify({ id, rawId: id, type: 'public-key', clientExtensionResults: {}, response: encoded });
  }

  return {
    /** Answers creation options. */
    make(options: string, signing: Signing = {}): string {
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
      const [byX, byY] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
      // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
      const key = Buffer.concat([Buffer.from('a5010203262001215820', 'hex'), byX, Buffer.from('225820', 'hex'), byY]);
      const length = Buffer.from([0, credentialId.length]);
      const made = data(signing, Buffer.concat([Buffer.alloc(16), length, credentialId, key]));
      // {"fmt": "none", "attStmt": {}, "authData": bytes}
      const head = Buffer.from('a363666d74646e6f6e656761747453746d74a0686175746844617461', 'hex');
      const attestationObject = Buffer.concat([head, Buffer.from([0x58, made.length]), made]);
      return answer({ clientDataJSON: clientData('webauthn.create', options, signing), attestationObject });
    },
    /** Answers request options. */
    sign(options: string, signing: Signing = {}): string {
      const clientDataJSON = clientData('webauthn.get', options, signing);
      const authenticatorData = data(signing);
      const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientDataJSON).digest()]);
      return answer({ clientDataJSON, authenticatorData, signature: sign('sha256', signed, privateKey) });
    },
  };
}
