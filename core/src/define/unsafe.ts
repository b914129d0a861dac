// What a house must not be in production.

/** One thing that is unsafe, told to whoever starts the house. */
export interface Unsafe {
  /** The variable that says so. */
  readonly setting: string;
  /** What could happen, in one sentence. */
  readonly why: string;
  /** What to set. */
  readonly todo: string;
  /** The word in `TROUPE_ALLOW` by which an operator takes it all the same; undefined: nobody needs it. */
  readonly allow?: string;
}
