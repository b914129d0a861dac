// What both databases say alike of statements that they keep prepared.
import type { AnsweredColumn } from './database.ts';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const STALE = ['0A000', '26000'];

/** Whether a statement was not executed because its table has changed since it was prepared, or because the database has forgotten it. */
export function isStalePlan(error: unknown): boolean {
  const { code, routine } = error as { code?: unknown; routine?: unknown };
  return STALE.includes(String(code)) && (code !== '0A000' || routine === 'RevalidateCachedQuery');
}

/** A column as the wire protocol describes it. */
interface DescribedColumn {
  readonly name: string;
  readonly tableID: number;
  readonly columnID: number;
  readonly dataTypeID: number;
}

export const columnOf = ({ name, tableID, columnID, dataTypeID }: DescribedColumn): AnsweredColumn => ({
  name,
  table: tableID,
  number: columnID,
  type: dataTypeID,
});
