// Whether leaves stand in the order in which rows are sealed.
import type { Finding } from './findings.ts';
import type { LoggedRow } from './read-log.ts';

export interface OrderCheck {
  /** The next leaf that has its row. */
  see(row: LoggedRow, where: Omit<Finding, 'kind'>): void;
  end(): void;
}

interface Place {
  readonly rank: readonly bigint[];
  readonly where: Omit<Finding, 'kind'>;
}

/**
 * Epochs follow each other, and rows of one were sealed in the order (xid, id). Of two neighbours that do not, the one that does not fit
 * between the row before and the row behind has moved; where that does not tell them apart, both are named.
 */
export function createOrderCheck(tell: (finding: Finding) => void): OrderCheck {
  const epochs = new Map<string, bigint>();
  const named = new Set<Place>();
  let before: Place | undefined;
  let last: Place | undefined;
  /** It came behind `last` and belongs before it: the next row tells which of the two has moved. */
  let odd: Place | undefined;

  const rankOf = ({ epoch, xid, id }: LoggedRow) => {
    const number = epochs.get(epoch) ?? BigInt(epochs.size);
    epochs.set(epoch, number);
    return [number, BigInt(xid), BigInt(id)];
  };
  const name = (place: Place) => {
    if (!named.has(place)) tell({ kind: 'entry.moved', ...place.where });
    named.add(place);
  };

  function decide(one: Place, other: Place, next: Place | undefined): void {
    const fits = (place: Place) => !isBehind(before, place) && !isBehind(place, next);
    const [isOne, isOther] = [fits(one), fits(other)];
    if (isOne === isOther || isOther) name(one);
    if (isOne === isOther || isOne) name(other);
    if (isOne && isOther) before = other;
    else if (!isOne) last = other;
    odd = undefined;
  }

  return {
    see(row, where) {
      const place = { rank: rankOf(row), where };
      if (last && odd) decide(last, odd, place);
      if (isBehind(last, place)) odd = place;
      else [before, last] = [last, place];
    },
    end() {
      if (last && odd) decide(last, odd, undefined);
    },
  };
}

/** Whether the one belongs behind the other, where both are there. */
function isBehind(one: Place | undefined, other: Place | undefined): boolean {
  if (!one || !other) return false;
  const part = one.rank.findIndex((number, at) => number !== other.rank[at]);
  return part >= 0 && (one.rank[part] as bigint) > (other.rank[part] as bigint);
}
