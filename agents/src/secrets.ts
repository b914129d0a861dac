import { type RegisteredAction, wireSchema } from '@troupe-os/core/surface';

const known = new WeakMap<RegisteredAction, boolean>();

/** No model is shown a secret, and none makes one up. */
export function takesOrShowsSecrets(registered: RegisteredAction): boolean {
  const before = known.get(registered);
  if (before !== undefined) return before;
  const does = registered.secretOutput || mentionsSecret(wireSchema(registered.action.input));
  known.set(registered, does);
  return does;
}

/** Whether a JSON Schema of the wire has a secret anywhere. */
export function mentionsSecret(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return (schema as { format?: unknown }).format === 'password' || Object.values(schema).some(mentionsSecret);
}
