// Time-based one-time passwords (RFC 6238): SHA-1, six digits, steps of half a minute, as every authenticator takes them.
import { createHmac, timingSafeEqual } from 'node:crypto';

const STEP_MS = 30_000;
const DIGITS = 6;
/** Clocks differ: the code before and the code after are good too. */
const SKEW_STEPS = 1;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code of a time step. */
export function codeAt(key: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0xf; // dynamic truncation, RFC 4226 section 5.3
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** DIGITS).padStart(DIGITS, '0');
}

export const stepAt = (moment: Date) => Math.floor(moment.getTime() / STEP_MS);

/** The time step around this moment whose code this is; undefined: it is none of them. */
export function stepOfCode(key: Uint8Array, code: string, moment: Date): number | undefined {
  const typed = Buffer.from(code);
  const now = stepAt(moment);
  for (let step = now - SKEW_STEPS; step <= now + SKEW_STEPS; step++) {
    const right = Buffer.from(codeAt(key, step));
    if (right.length === typed.length && timingSafeEqual(right, typed)) return step;
  }
  return undefined;
}

/** RFC 4648, without padding. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** The bytes of a key as an authenticator is told it. */
export function fromBase32(text: string): Uint8Array {
  const bits = [...text].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

/** What an authenticator reads from a picture or a link. */
export function keyUri({ key, issuer, account }: { key: Uint8Array; issuer: string; account: string }): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${base32(key)}&issuer=${encodeURIComponent(issuer)}`;
}
