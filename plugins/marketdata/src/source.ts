// A price source: what a driver is, and what it answers.
import type { Context, Tools } from '@troupe-os/core';
import type { QuoteKind } from './contract.ts';

export interface NewQuote {
  /** Names it for good within its source: the same reference is the same quote. */
  readonly reference: string;
  readonly asset: string;
  readonly kind: QuoteKind;
  /** Of one, in minor units of `unit`, above zero. */
  readonly amount: bigint;
  readonly unit: string;
  /** When it was so, by the source's clock. */
  readonly at: Date;
  /** Words of the source. */
  readonly title?: string;
  /** How far along the source it stands, such as the number of its block. */
  readonly place?: number;
  /** Where it stands in a file. */
  readonly line?: number;
}

/** A line that was not taken. The reason is a word of ours and none of the file. */
export interface Fault {
  readonly line: number;
  readonly reason: string;
}

export interface Floor {
  readonly asset: string;
  readonly unit: string;
  readonly amount: bigint;
}

/** What was read of a source since the reading before. */
export interface Reading {
  readonly quotes: readonly NewQuote[];
  /** The lowest of all that is offered now, by asset and unit, each once: an asset that was there before and is missing here is not offered any more. */
  readonly floors?: readonly Floor[];
  /** Where the next reading begins. */
  readonly cursor?: string | undefined;
  readonly faults?: readonly Fault[];
  /** Quotes at places behind this one are void: what they were read from is gone. */
  readonly voidAfter?: number;
  /** There is more to read at once. */
  readonly hasMore?: boolean;
  /** Nothing has changed since the cursor: what is known of faults stays. */
  readonly isUnchanged?: boolean;
}

interface SourceFacts {
  /** Lower-case letters, digits and dashes; it stays for good. */
  readonly id: string;
  readonly title: string;
  readonly kind: 'shop' | 'chain' | 'file';
  /** Its quotes hold words of somebody outside. */
  readonly isUntrusted: boolean;
  /** Variables of the environment that it reads, each with what it takes. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Ports of other plugins that it uses, by plugin and method. */
  readonly requires?: Readonly<Record<string, readonly string[]>>;
}

/** Read with no transaction open. `since`: the cursor of the reading before. */
export interface OutsideSource extends SourceFacts {
  readOutside(tools: Tools, since: string | undefined): Promise<Reading>;
}

/** Read inside the transaction that stores what was read. */
export interface HouseSource extends SourceFacts {
  readHouse(ctx: Context, since: string | undefined): Promise<Reading>;
}

export type PriceSource = OutsideSource | HouseSource;
