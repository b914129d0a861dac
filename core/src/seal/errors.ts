import { defineErrors } from '../errors.ts';

/** What is wrong with the sealed log, told to whoever runs the house or checks its record. */
export const sealErrors = defineErrors('seal', {
  bad_key: {
    kind: 'invalid',
    message: 'This is no key of the seal: TROUPE_SEAL_KEY and the file "seal-key" take 32 bytes in base64.',
  },
  bad_public_key: { kind: 'invalid', message: 'This is no public key of a seal: it takes what `troupe audit key` prints.' },
  bad_checkpoint: { kind: 'invalid', message: 'This is no checkpoint with a good signature of this key.' },
  bad_proof: { kind: 'invalid', message: 'This is no proof that `troupe audit prove` made.' },
  other_key: {
    kind: 'conflict',
    message:
      'The log was sealed with another key. Give every process the same TROUPE_SEAL_KEY, or run `troupe audit key --accept` to go on with this one.',
  },
  record_away: {
    kind: 'unavailable',
    message: 'A partition of the record is detached: nothing is sealed until it is back, or its rows would be passed over.',
  },
  broken_log: {
    kind: 'conflict',
    message: 'The newest checkpoint in the database is not the one that was signed: run `troupe audit verify`.',
  },
  cut_log: {
    kind: 'conflict',
    message:
      'The log is shorter than a checkpoint of it that was signed: rows are gone, or an older copy of the database was restored. Run `troupe audit verify`.',
  },
  database_in_use: {
    kind: 'conflict',
    message: 'The embedded database is open in the running server. Stop the server, then ask again.',
  },
  not_migrated: {
    kind: 'unavailable',
    message: 'This database has no sealed log yet: run `troupe migrate`, then `troupe start`.',
  },
  tampered: { kind: 'conflict', message: 'The record is not what was sealed. `troupe audit verify` names the rows.' },
  chain_unreachable: { kind: 'unavailable', message: 'The node of the chain does not answer.' },
  chain_refused: { kind: 'unavailable', message: 'The node of the chain refused what it was asked.' },
  chain_answer: {
    kind: 'unavailable',
    message: 'The node of the chain gave an answer that is none of an EVM chain with EIP-1559.',
  },
  chain_behind: { kind: 'unavailable', message: 'The node of the chain has not come as far as the newest anchor yet.' },
  other_chain: { kind: 'conflict', message: 'The node answers for another chain than the one of the anchors.' },
  anchor_unfunded: { kind: 'conflict', message: 'The address of the anchors holds too little to pay for a transaction.' },
  anchor_capped: {
    kind: 'limited',
    message: 'Another anchor could cost more than TROUPE_ANCHOR_MOST_FEE_A_DAY leaves for these 24 hours.',
  },
  no_anchor_address: {
    kind: 'invalid',
    message:
      'Whose anchors these are is not known here. Name their address: `troupe audit verify --chain URL --anchor-address 0x…`.',
  },
  bad_anchor_list: { kind: 'invalid', message: 'This is no list of anchors that `troupe audit anchors --json` made.' },
  unknown_call: { kind: 'missing', message: 'The record has no call of this id.' },
  not_sealed: { kind: 'missing', message: 'This call is not sealed yet: a running server seals it within seconds.' },
});
