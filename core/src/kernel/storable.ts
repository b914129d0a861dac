// Text that no database can hold: Postgres refuses U+0000 in text and half a surrogate pair in JSON, each with an error of its own.

/** Why a wire value cannot be stored, as an issue of core.invalid_input; undefined: it can. Names of members count too. */
export function storageFault(value: unknown, path: readonly string[] = []): StorageFault | undefined {
  if (typeof value === 'string')
    return isStorable(value) ? undefined : { path: path.join('.'), message: MESSAGE, code: 'custom' };
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const fault = storageFault(name, path) ?? storageFault(member, [...path, name]);
    if (fault) return fault;
  }
  return undefined;
}

export interface StorageFault {
  readonly path: string;
  readonly message: string;
  readonly code: string;
}

const MESSAGE = 'Text holds no character U+0000 and no half of a surrogate pair.';

const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
