import { type RegisteredAction, wireSchema } from '@troupe-os/core/surface';

/** No model is shown a secret, and none makes one up. */
export function takesOrShowsSecrets({ action, secretOutput }: RegisteredAction): boolean {
  return secretOutput || mentionsSecret(wireSchema(action.input));
}

/** Whether a JSON Schema of the wire has a secret anywhere. */
export function mentionsSecret(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return (schema as { format?: unknown }).format === 'password' || Object.values(schema).some(mentionsSecret);
}
