import type { AnyAction } from './action.ts';

/**
 * An MCP resource: a URI template whose variables are the input of a read action, e.g. `asset://{id}`; without variables it is one
 * resource, and listed. An action that answers a download makes it a resource of bytes.
 */
export interface ResourceDefinition {
  readonly name: string;
  readonly title: string;
  readonly uriTemplate: string;
  readonly action: AnyAction;
}

/** Declares a resource. */
export function defineResource(resource: ResourceDefinition): ResourceDefinition {
  return Object.freeze(resource);
}
