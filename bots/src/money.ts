/** `€140.00` of an amount in minor units and its unit; units that are no currency are counted: `250 PTS`. */
export function formatMoney(amount: string, unit: string): string {
  if (!/^[A-Z]{3}$/.test(unit) || !Intl.supportedValuesOf('currency').includes(unit))
    return `${new Intl.NumberFormat('en-IE').format(BigInt(amount))} ${unit}`;
  const format = new Intl.NumberFormat('en-IE', { style: 'currency', currency: unit });
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
  const [, sign = '', digits = ''] = /^(-?)(\d+)$/.exec(amount.padStart(decimals + 1, '0')) ?? [];
  const at = digits.length - decimals;
  // the text of a number, not a number: sums of any size stay exact
  return format.format(`${sign}${digits.slice(0, at)}${decimals > 0 ? `.${digits.slice(at)}` : ''}` as Intl.StringNumericLiteral);
}
