import { isDownload, type RegisteredAction, wireSchema } from '@troupe-os/core/surface';

/** No model is shown a secret, and none makes one up. */
export function takesOrShowsSecrets({ action, secretOutput }: RegisteredAction): boolean {
  return secretOutput || mentionsSecret(wireSchema(action.input));
}

/** Whether a JSON Schema of the wire has a secret anywhere. */
export function mentionsSecret(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return (schema as { format?: unknown }).format === 'password' || Object.values(schema).some(mentionsSecret);
}

/** An answer as it may leave the server: of a file, what it is and not where it lies. */
export function withoutObjectKey({ action }: RegisteredAction, output: unknown): unknown {
  if (!isDownload(action.output) || typeof output !== 'object' || output === null) return output;
  return Object.fromEntries(Object.entries(output).filter(([name]) => name !== 'objectKey'));
}
