// Whether leaves stand in the order in which rows are sealed.
import type { Finding } from './findings.ts';
import type { LoggedRow } from './read-log.ts';

export type OrderCheck = (row: LoggedRow, where: Omit<Finding, 'kind'>) => void;

/** Epochs follow each other, and rows of one were sealed in the order (xid, id). Of two rows that are not in order, the one that does not fit the row before them has moved. */
export function createOrderCheck(tell: (finding: Finding) => void): OrderCheck {
  const ranks = new Map<string, bigint>();
  const isBehind = (one: Place, other: Place) => {
    const at = one.rank.findIndex((number, part) => number !== other.rank[part]);
    return at >= 0 && (one.rank[at] as bigint) > (other.rank[at] as bigint);
  };
  let before: Place | undefined;
  let last: Place | undefined;
  return (row, where) => {
    const epoch = ranks.get(row.epoch) ?? BigInt(ranks.size);
    ranks.set(row.epoch, epoch);
    const place = { rank: [epoch, BigInt(row.xid), BigInt(row.id)], where };
    if (!last || isBehind(place, last)) [before, last] = [last, place];
    else if (!before || isBehind(place, before)) {
      tell({ kind: 'entry.moved', ...last.where });
      last = place;
    } else tell({ kind: 'entry.moved', ...where });
  };
}

interface Place {
  readonly rank: readonly bigint[];
  readonly where: Omit<Finding, 'kind'>;
}
