import type { SQL } from 'drizzle-orm';

/** What a table says of people, and how it is erased. A row is somebody's by their id or by their e-mail address. */
export interface PersonalData {
  /** The column (its TypeScript key), or columns, that hold their actor id; default: the table's `own`. */
  readonly of?: string | readonly string[];
  /** The column that holds their e-mail address, in whatever case. */
  readonly email?: string;
  /**
   * Columns that tell who they are or what they said. Erased they are null; the address, and what may not be null, is `erased-` and
   * the row's key. `row`: the row is deleted.
   */
  readonly columns: readonly string[] | 'row';
  /** Columns of text in which others may have written the address: such a row is erased as theirs are. */
  readonly mentions?: readonly string[];
  /** Rows that business needs as they are: an order that is not sent yet. */
  readonly needed?: SQL | undefined;
  /** The column that dates a record of business, for which a law may say how long it is kept. */
  readonly datedBy?: string;
}

/** Whose data is erased. The address: in lower case. */
export interface DataSubject {
  readonly id?: string;
  readonly email?: string;
}

/** What an erasure did to a table. `emptied`: texts of the record; `kept`: rows that are needed still. */
export interface ErasedRows {
  /** `schema.table`. */
  readonly table: string;
  readonly outcome: 'replaced' | 'deleted' | 'emptied' | 'kept';
  readonly rows: number;
}
