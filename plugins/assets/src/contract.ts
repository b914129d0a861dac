// What other plugins may know of works.
import { defineEvent, definePort } from '@troupe-os/core/contract';
import { z } from 'zod';

export const ASSET_TYPES = ['music', 'art', 'collectible', 'nft', 'document', 'other'] as const;
export type AssetType = (typeof ASSET_TYPES)[number];

export const ASSET_STATUSES = ['draft', 'indexed', 'published', 'on-sale', 'sold', 'archived'] as const;
export type AssetStatus = (typeof ASSET_STATUSES)[number];

/** Of words that are proposed for a work: for its page, or to be used elsewhere. */
export const DRAFT_KINDS = ['description', 'campaign'] as const;
export type DraftKind = (typeof DRAFT_KINDS)[number];
export const DRAFT_STATES = ['open', 'accepted', 'rejected'] as const;

/** What everybody may see, guests too. */
export const PUBLIC_STATUSES = ['published', 'on-sale', 'sold'] as const satisfies readonly AssetStatus[];

const assetFact = z.strictObject({ assetId: z.string(), brandId: z.string(), type: z.enum(ASSET_TYPES), title: z.string() });

/** A work was read, measured and can be found. */
export const assetIndexed = defineEvent({
  name: 'assets.asset-indexed',
  subject: ({ assetId }) => assetId,
  schema: assetFact,
});

/** A work is open to everybody from now on. */
export const assetPublished = defineEvent({
  name: 'assets.asset-published',
  subject: ({ assetId }) => assetId,
  schema: assetFact,
});

export interface AssetDescription {
  readonly assetId: string;
  readonly title: string;
  readonly type: AssetType;
  readonly brandId: string;
  readonly status: AssetStatus;
  /** Where the bytes of the file stand in the object store. */
  readonly originalKey: string;
  readonly fileName: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
}

export interface AssetOwner {
  readonly kind: 'user' | 'customer' | 'company';
  /** The actor's id; none for the company. */
  readonly id?: string;
}

export interface AssetsPort {
  /** Of the works that exist, in the order asked. Whoever calls decides what of it is shown to whom. */
  describe(assetIds: readonly string[]): Promise<AssetDescription[]>;
  /** The works in one state, the oldest first. */
  list(which: { readonly status: AssetStatus; readonly limit: number }): Promise<AssetDescription[]>;
  /**
   * On sale from published or sold, published again from on sale or sold, sold from on sale; what is so already stays so.
   * Errors: assets.unknown_asset, assets.wrong_status.
   */
  changeStatus(assetId: string, to: 'on-sale' | 'published' | 'sold'): Promise<void>;
  /** Errors: assets.unknown_asset. */
  setOwner(assetId: string, owner: AssetOwner): Promise<void>;
}

export const assetsPort = definePort<AssetsPort>('assets', ['describe', 'list', 'changeStatus', 'setOwner']);
