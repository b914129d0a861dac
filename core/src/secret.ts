// A value that must not be seen: whatever prints it prints `[redacted]`.
import { inspect } from 'node:util';

export const REDACTED = '[redacted]';

/** Its value is had by `reveal()` alone, by whoever hands it on to what needs it. */
export interface Secret {
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

const known = new WeakSet<object>();

export function createSecret(value: string): Secret {
  const hidden = () => REDACTED;
  const secret = {
    reveal: () => value,
    toString: hidden,
    toJSON: hidden,
    [Symbol.toPrimitive]: hidden,
    [inspect.custom]: hidden,
  };
  // what copies the object copies no way to its value
  for (const name of Reflect.ownKeys(secret)) Object.defineProperty(secret, name, { enumerable: false });
  known.add(Object.freeze(secret));
  return secret;
}

export const isSecretValue = (value: unknown): value is Secret => typeof value === 'object' && value !== null && known.has(value);
