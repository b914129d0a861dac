// What a field shows. Given to it as `value` it would take the place of what somebody typed before the scripts were there.
const shown = new WeakMap<Element, string>();

/** Attached beside `defaultValue`: shows that one when it becomes another, and leaves what was typed until then. */
export const shows =
  (value: unknown) =>
  (field: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement): void => {
    const text = String(value ?? '');
    if (shown.has(field) && shown.get(field) !== text) field.value = text;
    shown.set(field, text);
  };
