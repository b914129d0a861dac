/** A path of this site, to go back to; undefined for anything that could lead elsewhere. */
export function safePath(path: string | null | undefined): string | undefined {
  return path && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path) ? path : undefined;
}
