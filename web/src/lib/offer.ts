// What is said beside a price.
import type { Offer } from '#lib/work.ts';

export function stockLabel({ stock }: { readonly stock?: Offer['stock'] | undefined }): string {
  if (!stock) return 'Open edition';
  if (stock.left === 0) return 'Sold out';
  return stock.of === 1 ? 'One of one' : `${stock.left} of ${stock.of} left`;
}
