interface Held {
  readonly role: string;
  readonly brandId?: string | undefined;
  readonly departmentId?: string | undefined;
}

/** Where a role is held, as the choice of places says it. */
export const placeValue = ({ brandId, departmentId }: Held): string =>
  brandId ? `brand:${brandId}` : departmentId ? `department:${departmentId}` : '';

/** A role with its place in words. */
export function roleWords(held: Held, places: readonly { value: string; label: string }[]): string {
  const value = placeValue(held);
  if (value === '') return held.role;
  const label = places.find((place) => place.value === value)?.label;
  return `${held.role} of ${label ?? held.brandId ?? held.departmentId}`;
}
