/** `€140.00` of an amount in minor units and its unit; units that are no currency are counted: `250 PTS`. */
export function formatMoney(amount: string, unit: string): string {
  if (!isCurrency(unit)) return `${new Intl.NumberFormat('en-IE').format(BigInt(amount))} ${unit}`;
  const format = new Intl.NumberFormat('en-IE', { style: 'currency', currency: unit });
  // the text of a number, not a number: sums of any size stay exact
  return format.format(withPoint(amount, format.resolvedOptions().maximumFractionDigits ?? 2) as Intl.StringNumericLiteral);
}

/** `$0.015` of millionths of a US dollar: two decimals at least and four at most, what is less than their last one said as such. */
export function formatMicroUsd(microUsd: string): string {
  const micro = BigInt(microUsd);
  if (micro > 0n && micro < 50n) return '< $0.0001';
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 4 });
  return format.format(withPoint(microUsd, 6) as Intl.StringNumericLiteral);
}

/** Minor units of what a person typed, like `12`, `12.5` or `12,50`; undefined where that is no sum of that unit. */
export function readMoney(typed: string, unit = 'EUR'): string | undefined {
  const decimals = isCurrency(unit) ? decimalsOf(unit) : 0;
  const match = /^(\d{1,15})(?:[.,](\d{1,4}))?$/.exec(typed.trim());
  const [, whole, part = ''] = match ?? [];
  return whole === undefined || part.length > decimals ? undefined : String(BigInt(whole + part.padEnd(decimals, '0')));
}

const decimalsOf = (unit: string): number =>
  new Intl.NumberFormat('en-IE', { style: 'currency', currency: unit }).resolvedOptions().maximumFractionDigits ?? 2;

function isCurrency(unit: string): boolean {
  return /^[A-Z]{3}$/.test(unit) && Intl.supportedValuesOf('currency').includes(unit);
}

function withPoint(amount: string, decimals: number): string {
  const negative = amount.startsWith('-');
  const digits = (negative ? amount.slice(1) : amount).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
  return negative ? `-${text}` : text;
}
