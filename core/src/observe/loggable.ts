// What may stand in a log: plain values of bounded size, without secrets and without a database's parameters.
import { isSecretValue, REDACTED } from '../secret.ts';

const maxDepth = 6;
const maxItems = 100;
const maxCharacters = 8_000;
const redacted = REDACTED;
const secretWords = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'authorization',
  'cookie',
  'apikey',
  'privatekey',
  'signingkey',
  'credential',
  'mnemonic',
  'seedphrase',
  'totp',
];
/** A credential inside a text: what follows Bearer, and the name and password of an address. */
const credentialInText = /\b(bearer)\s+[\w.~+/=-]{8,}|:\/\/[^\s/@:]*:[^\s/@]+@/gi;

/**
 * A copy that JSON can hold: dates as ISO 8601, bigint and odd numbers as text, bytes as their count, errors as objects with stack and causes;
 * text under a name that speaks of a secret becomes `[redacted]`, whatever its depth.
 */
export function loggable(value: unknown): unknown {
  return copy(value, []);
}

/** Text without credentials, cut to a bounded length. */
export function loggableText(text: string): string {
  const cut = text.length > maxCharacters ? `${text.slice(0, maxCharacters)}… (${text.length} characters)` : text;
  return cut.replace(credentialInText, (_, scheme?: string) => (scheme ? `${scheme} ${redacted}` : `://${redacted}@`));
}

function copy(value: unknown, above: readonly object[]): unknown {
  if (typeof value === 'string') return loggableText(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'function') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return '[circular]';
  if (above.length >= maxDepth) return '[deeper]';
  return copyObject(value, [...above, value]);
}

function copyObject(value: object, above: readonly object[]): unknown {
  if (isSecretValue(value)) return redacted;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof Error) return copyError(value, above);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof URL) return loggableText(value.href);
  if (value instanceof Map)
    return copyEntries(
      [...value].map(([key, item]) => [String(key), item]),
      above,
    );
  if (Array.isArray(value) || value instanceof Set) return [...value].slice(0, maxItems).map((item) => copy(item, above));
  return copyEntries(Object.entries(value), above);
}

function copyEntries(entries: readonly (readonly [string, unknown])[], above: readonly object[]): Record<string, unknown> {
  const kept = entries
    .slice(0, maxItems)
    .map(([key, item]) => [key, isSecret(key, item) ? redacted : copy(item, above)] as const);
  return Object.fromEntries(kept);
}

/** Counts and flags may be named after secrets (`tokens: 812`, `passwordChanged: true`). */
function isSecret(key: string, value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined || value === null) return false;
  const plain = key.toLowerCase().replace(/[^a-z]/g, '');
  return secretWords.some((word) => plain.includes(word));
}

function copyError(error: Error, above: readonly object[]): Record<string, unknown> {
  const { code, details, cause } = error as Error & { code?: unknown; details?: unknown };
  return {
    name: error.name,
    message: quotesParameters(error) ? 'A database statement failed.' : loggableText(error.message),
    ...(code !== undefined && { code: copy(code, above) }),
    ...(details !== undefined && { details: copy(details, above) }),
    stack: framesOf(error),
    ...(cause !== undefined && { cause: copy(cause, above) }),
  };
}

/** Drizzle puts the parameters of a failed statement into its message, the database a value that it cannot read: people's secrets among them. */
function quotesParameters(error: Error): boolean {
  const { params, parameters = params } = error as Error & { params?: unknown; parameters?: unknown };
  if (!Array.isArray(parameters)) return false;
  return (
    error.message.startsWith('Failed query') || parameters.some((value) => value !== '' && error.message.includes(String(value)))
  );
}

/** Where it happened, without the message, which stands for itself. */
function framesOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => line.startsWith('at ')).slice(0, 20);
}
