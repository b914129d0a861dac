// Sessions of the older protocol era: a value that any process can check, kept nowhere.
import { timingSafeEqual } from 'node:crypto';
import type { Caller, Kernel } from '@troupe-os/core/surface';

const LASTS_MS = 7 * 86_400_000;

export interface ClientAbilities {
  /** Whether it shows its user a link to follow, and says so back (elicitation of mode `url`). */
  readonly opensLinks: boolean;
}

export interface Sessions {
  /** A session id for whoever the caller is, by the credential that was shown. It gives no rights: each request shows its token again. */
  begin(caller: Caller, client: ClientAbilities): string;
  /** What the client said that it can do, if this id was given to this caller and has not expired. */
  open(id: string, caller: Caller): ClientAbilities | undefined;
}

/** Sessions signed with the key that the processes of an installation share. */
export function createSessions(kernel: Pick<Kernel, 'digest'>, clock: () => Date): Sessions {
  const sign = (text: string, { principal }: Caller) =>
    kernel.digest(['mcp-session', text, principal.kind, principal.id, principal.credential]);
  return {
    begin(caller, { opensLinks }) {
      const text = `${(clock().getTime() + LASTS_MS).toString(36)}-${opensLinks ? 'links' : ''}-${crypto.randomUUID()}`;
      return `${text}.${sign(text, caller)}`;
    },
    open(id, caller) {
      const [text = '', signature = ''] = id.split('.', 2);
      const [given, right] = [Buffer.from(signature), Buffer.from(sign(text, caller))];
      if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
      const [expiry = '', abilities] = text.split('-', 2);
      return Number.parseInt(expiry, 36) > clock().getTime() ? { opensLinks: abilities === 'links' } : undefined;
    },
  };
}
