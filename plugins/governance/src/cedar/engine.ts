// Cedar, loaded only where there are rules: it is 4 MB of WebAssembly. https://docs.cedarpolicy.com
import type * as Wasm from '@cedar-policy/cedar-wasm/nodejs';

export type Cedar = typeof Wasm;
export type { EntityJson, PolicySet, SchemaJson, Type } from '@cedar-policy/cedar-wasm/nodejs';

let loading: Promise<Cedar> | undefined;

/** One instance for the process: it keeps what was prepared by name. */
export function loadCedar(): Promise<Cedar> {
  loading ??= import('@cedar-policy/cedar-wasm/nodejs');
  return loading;
}
