/**
 * The key of an entry that somebody posts by hand, in a space of its own: `<brand or company>/<key>`. A plugin's keys begin
 * with what they are about and a colon (`order:…:paid`), so nobody can take one of them, or one of another brand, beforehand.
 */
export const ownKey = (key: string, brandId: string | undefined): string => `${brandId ?? 'company'}/${key}`;
