// The changes of one row of the record against what the log keeps of them.
import type { ErasedTexts } from './erased.ts';
import type { Finding } from './findings.ts';
import { type SealedChange, sealChange } from './leaf.ts';
import { sha256Hex } from './merkle.ts';
import type { WholeChange } from './store.ts';

export interface ChangeCheckOptions {
  /** What the log keeps, in the order of ids. */
  readonly kept: Iterator<SealedChange>;
  readonly where: Omit<Finding, 'kind'>;
  /** Counts sides of which only the hash is left, and keeps whose they are. */
  readonly erased: ErasedTexts;
  tell(finding: Finding): void;
}

export interface ChangeCheck {
  /** The next change that stands in the database, in the order of ids. */
  see(change: WholeChange): void;
  end(): void;
}

export function createChangeCheck({ kept, where, erased, tell }: ChangeCheckOptions): ChangeCheck {
  let next = kept.next();
  const missUpTo = (id: bigint | undefined) => {
    for (; !next.done && (id === undefined || BigInt(next.value.id) < id); next = kept.next())
      tell({ kind: 'change.deleted', ...where, changeId: next.value.id });
  };
  return {
    see(change) {
      if (next.done || next.value.id !== change.id) missUpTo(BigInt(change.id));
      const named = () => ({ ...where, changeId: change.id, table: `${change.schema_name}.${change.table_name}` });
      if (next.done || next.value.id !== change.id) {
        tell({ kind: 'change.inserted', ...named() });
        return;
      }
      if (!isAsSealed(change, next.value, () => erased.side(change, named()))) tell({ kind: 'change.edited', ...named() });
      next = kept.next();
    },
    end: () => missUpTo(undefined),
  };
}

/** Whether the change is what the log says; a side that was emptied counts by the hash that the log kept. */
function isAsSealed(change: WholeChange, kept: SealedChange, sawErased: () => void): boolean {
  const hashOf = (text: string | null, known: string | null) => {
    if (text === null) return null;
    if (text !== '' || known === null) return sha256Hex(text);
    sawErased();
    return known;
  };
  const sides = { before: hashOf(change.before, kept.before), after: hashOf(change.after, kept.after) };
  return sealChange(change, sides).digest === kept.digest;
}
