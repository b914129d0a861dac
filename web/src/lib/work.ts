// Works as the shop shows them: what assets know of them, and the offer that the marketplace makes for them.
import type { Api } from './server/api.ts';

type AssetCard = Awaited<ReturnType<Api['assets']['search']>>['items'][number];
type Listing = Awaited<ReturnType<Api['marketplace']['listListings']>>['items'][number];

export interface Offer {
  readonly listingId: string;
  readonly price: string;
  readonly unit: string;
  readonly kind: 'digital' | 'physical';
  /** None: an open edition never runs out. */
  readonly stock?: { readonly left: number; readonly of: number };
}

export interface Work {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly type: AssetCard['type'];
  readonly brandId: string;
  /** Pixels; only of pictures. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly variants: readonly string[];
  readonly artist?: string;
  readonly album?: string;
  readonly durationSeconds?: number;
  readonly offer?: Offer;
}

export function offerOf({ listingId, price, unit, kind, stock }: Listing): Offer {
  return { listingId, price, unit, kind, ...(stock ? { stock } : {}) };
}

export function workOf(card: AssetCard, offer: Offer | undefined): Work {
  const { id, title, description, type, brandId, variants, facts } = card;
  return {
    id,
    title,
    description,
    type,
    brandId,
    variants,
    ...(facts.kind === 'image' && { size: { width: facts.width, height: facts.height } }),
    ...('artist' in facts && facts.artist ? { artist: facts.artist } : {}),
    ...(facts.kind === 'audio' && { durationSeconds: facts.durationSeconds, ...(facts.album ? { album: facts.album } : {}) }),
    ...(offer ? { offer } : {}),
  };
}
