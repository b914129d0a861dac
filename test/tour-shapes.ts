// The parts of answers that the tour reads.

/** How far an import is. */
export interface Progress {
  readonly total: number;
  readonly done: number;
  readonly duplicates: number;
  readonly failed: number;
  readonly waiting: number;
  readonly items: readonly { name: string; state: string; assetId?: string; error?: { code: string } }[];
}

/** A work, to those who work on its brand. */
export interface Work {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly status: string;
  readonly file: { name: string; size: number; sha256: string };
}

/** What a listing says of itself. */
export interface Listing {
  readonly listingId: string;
  readonly productId: string;
}

/** An order; the tokens of its links stand there for whoever shows its access key. */
export interface Order {
  readonly orderId: string;
  readonly state: string;
  readonly total: string;
  readonly deliveries: readonly { deliveryId: string; token: string; downloadsLeft: number }[];
}

/** One call of the record, and the others of its trace. */
export interface RecordedCall {
  readonly entries: readonly { action: string; outcome: string; tainted: boolean; cause: string }[];
  readonly changes: readonly { table: string }[];
  readonly related: readonly { action: string }[];
}
