import { type SQL, sql } from 'drizzle-orm';

/** SQL of an array of texts: one parameter, which both databases take alike. */
export const textArray = (texts: Iterable<string>): SQL =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify([...texts])}::jsonb))`;
