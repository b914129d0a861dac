// Password hashes: argon2id (RFC 9106), 19 MiB, two passes, one lane, in the PHC string form `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
const SALT_BYTES = 16;
const AT_ONCE = 4;

const nodesOwn = promisify(argon2);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** Hashes and checks passwords, at most four at once in this process: each takes 19 MiB. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /**
   * Whether the password is the one of this hash. With no hash the same work is done and the answer is false,
   * so that an unknown account takes as long as a known one. `first` runs when it is this check's turn.
   */
  verify(password: string, hash: string | undefined, first?: () => Promise<void>): Promise<boolean>;
}

/** The one of this process: what it counts is the memory of this machine. */
export const passwords = createPasswords();

/** `derive`: for tests that look at the work. */
export function createPasswords(derive: typeof nodesOwn = nodesOwn): Passwords {
  const inTurn = createTurns(AT_ONCE);
  const nobody = format(randomBytes(SALT_BYTES), randomBytes(COST.tagLength));
  return {
    hash: (password) =>
      inTurn(async () => {
        const salt = randomBytes(SALT_BYTES);
        return format(salt, await derive('argon2id', { ...COST, message: password, nonce: salt }));
      }),
    verify: (password, hash, first) =>
      inTurn(async () => {
        await first?.();
        const { salt, tag, cost } = parse(hash ?? nobody);
        const made = await derive('argon2id', { ...cost, tagLength: tag.length, message: password, nonce: salt });
        return timingSafeEqual(made, tag) && hash !== undefined;
      }),
  };
}

function format(salt: Uint8Array, tag: Uint8Array): string {
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${base64(salt)}$${base64(tag)}`;
}

/** The cost stands in the hash, so that older hashes stay good when the cost is raised. */
function parse(hash: string) {
  const [, memory, passes, parallelism, salt = '', tag = ''] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash) ?? [];
  return {
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
  };
}

/** Runs work in the order in which it came, so many at a time. */
function createTurns(atOnce: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
