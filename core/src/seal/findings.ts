// What a verification can find, each kind with its sentence.

export const FINDINGS = {
  'entry.edited': 'The row is not the one that was sealed.',
  'entry.deleted': 'The row was sealed and is gone.',
  'entry.inserted': 'The row stands among sealed ones and was never sealed.',
  'entry.moved': 'The row does not stand at the place at which it was sealed.',
  'body.edited': 'The body is not the one that was sealed.',
  'body.deleted': 'The body was sealed and is gone.',
  'body.inserted': 'The body belongs to no row of the record.',
  'change.edited': 'The change is not the one that was sealed.',
  'change.deleted': 'The change was sealed and is gone.',
  'change.inserted': 'The change was not sealed with its row, or belongs to none.',
  'text.emptied': 'The text was emptied, and no erasure of the record names it.',
  'log.missing': 'Leaves of the log are gone.',
  'log.uncovered': 'The leaf stands behind the newest checkpoint.',
  'log.rewritten': 'The log is not the one of this signed checkpoint: a leaf since the checkpoint before it was changed.',
  'log.unproven': 'Leaves before these are gone or were changed, so no signed checkpoint tells whether these are as they were.',
  'log.cut': 'The log is shorter than this checkpoint, which was signed and is kept outside.',
  'node.edited': 'A stored node of the tree is not the one of its leaves.',
  'checkpoint.forged': 'The checkpoint has no good signature of this key.',
  'checkpoint.edited': 'What stands beside the signed checkpoint is not what it was.',
  'anchor.gone': 'This anchor was confirmed, and the chain does not know it.',
  'anchor.foreign': 'This transaction was not sent by the address of the anchors.',
  'anchor.other_log': 'The address of the anchors has anchored a log of another name.',
  'anchor.unlisted': 'The address of the anchors has sent transactions that are not listed: an anchor may have been hidden.',
} as const;

export type FindingKind = keyof typeof FINDINGS;

export interface Finding {
  readonly kind: FindingKind;
  /** The leaf's place in the log, or the first of several. */
  readonly position?: number;
  /** Behind the last of several. */
  readonly until?: number;
  readonly callId?: string;
  /** The audit row's place. */
  readonly at?: string;
  readonly id?: string;
  readonly changeId?: string;
  readonly table?: string;
  /** The checkpoint. */
  readonly size?: number;
  /** The numbers of transactions of an address on a chain: the first of several. */
  readonly nonce?: number;
  readonly from?: string;
}

/** One line for people: what, where, and the sentence. */
export function findingLine({ kind, ...where }: Finding): string {
  const places = Object.entries(where).map(([name, value]) => `${name} ${value}`);
  return `${kind.padEnd(18)} ${places.join(', ')}: ${FINDINGS[kind]}`;
}
