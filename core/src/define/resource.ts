import type { AnyAction } from './action.ts';

/** An MCP resource: a URI template whose variables are the input of a read action, e.g. `asset://{id}`. */
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
