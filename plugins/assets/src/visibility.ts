// Who sees which work: one rule for lists, counts, single works and their files.
import { type Actor, holds, type Reach } from '@troupe-os/core';
import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import { type AssetStatus, PUBLIC_STATUSES } from './contract.ts';
import { type AssetRow, assets, collections } from './schema.ts';

/** Reads works of a brand whatever their status. */
export const READ_ALL = 'assets.asset.read';

type Shown = Pick<AssetRow, 'status' | 'brandId' | 'ownerKind' | 'ownerId'>;

/** What everybody may see, what the actor's roles reach, and what is the actor's own. The same rule as `visibleTo`, of one row. */
export function isVisibleTo(actor: Actor, asset: Shown): boolean {
  return isPublic(asset.status) || holds(actor.rights, READ_ALL, asset.brandId) || isOwner(actor, asset);
}

export function isOwner(actor: Actor, { ownerKind, ownerId }: Pick<Shown, 'ownerKind' | 'ownerId'>): boolean {
  return actor.kind !== 'guest' && ownerKind !== 'company' && ownerId === actor.id;
}

export function isPublic(status: AssetStatus): boolean {
  return PUBLIC_STATUSES.some((open) => open === status);
}

/** The condition on `assets.assets` under which this actor sees a row; undefined: every row. */
export function visibleTo(actor: Actor): SQL | undefined {
  const reach = actor.rights.get(READ_ALL);
  if (reach === 'company') return undefined;
  return or(
    inArray(assets.status, PUBLIC_STATUSES),
    reach && inArray(assets.brandId, [...reach]),
    actor.kind === 'guest' ? undefined : and(inArray(assets.ownerKind, ['user', 'customer']), eq(assets.ownerId, actor.id)),
  );
}

/** The condition on `assets.collections`: those of the actor's brands, and those that hold a work which the actor sees. */
export function visibleCollections(actor: Actor): SQL | undefined {
  const reach = actor.rights.get(READ_ALL);
  if (reach === 'company') return undefined;
  const holdsVisible = sql`exists (select from assets.collection_items item join ${assets} on ${assets.id} = item.asset_id
    where item.collection_id = ${collections.id} and ${visibleTo(actor)})`;
  return or(reach && inArray(collections.brandId, [...reach]), holdsVisible);
}

/** The brands that a permission reaches, as a condition on a column; undefined: all. */
export function reaches(reach: Reach | undefined, column: Parameters<typeof inArray>[0]): SQL | undefined {
  if (reach === 'company') return undefined;
  return reach ? inArray(column, [...reach]) : sql`false`;
}
