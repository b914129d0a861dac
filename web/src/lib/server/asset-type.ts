import type { Work } from '../work.ts';

const TYPES: readonly Work['type'][] = ['music', 'art', 'collectible', 'nft', 'document', 'other'];

/** The type that an address or a form names; undefined for none and for what is none. */
export function assetTypeOf(text: string | null | undefined): Work['type'] | undefined {
  return TYPES.find((type) => type === text);
}
