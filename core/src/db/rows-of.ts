import type { SQL } from 'drizzle-orm';
import type { Db } from '../context.ts';

/** Raw rows of a statement that drizzle's builder cannot say. The caller names the columns that it asked for. */
export async function rowsOf<T>(db: Db, statement: SQL): Promise<T[]> {
  // drizzle cannot know the driver's answer; core promises plain rows
  return (await db.execute(statement)) as unknown as T[];
}
