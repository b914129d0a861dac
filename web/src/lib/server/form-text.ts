/** The text of a field, trimmed; undefined if it was left empty. */
export function textOf(form: FormData, name: string): string | undefined {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() || undefined : undefined;
}
