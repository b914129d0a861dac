import { defineErrors } from '@troupe-os/core';

export const marketdataErrors = defineErrors('marketdata', {
  unknown_source: { kind: 'missing', message: 'There is no such price source here.' },
  unknown_watch: { kind: 'missing', message: 'There is no such watch, or it was removed already.' },
  unknown_opportunity: { kind: 'missing', message: 'There is no such opportunity, or it was dismissed already.' },
  watch_exists: { kind: 'conflict', message: 'This is watched already.', constraints: ['watch_once'] },
  too_many_watches: { kind: 'limited', message: 'As many prices are watched as can be. Remove a watch first.' },
  not_read_by_itself: {
    kind: 'invalid',
    message: 'This source is what people upload: bring a file in with marketdata.import-quotes.',
  },

  file_unreadable: { kind: 'unavailable', message: 'The file is not there, is no file, or may not be read.' },
  file_too_large: { kind: 'invalid', message: 'A file of quotes has 5 MB and 20,000 lines at most.' },
  not_text: { kind: 'invalid', message: 'A file of quotes is text in UTF-8.' },
  bad_header: {
    kind: 'invalid',
    message: 'The first line names the columns, each once: asset, kind, amount, unit, at, and if wanted reference, title.',
  },
  bad_json: { kind: 'invalid', message: 'A JSON file of quotes is one list of objects.' },

  chain_not_configured: { kind: 'unavailable', message: 'The environment does not say which node of the chain to ask.' },
  chain_unreachable: { kind: 'unavailable', message: 'The node of the chain does not answer. It is asked again by itself.' },
  chain_refused: { kind: 'unavailable', message: 'The node of the chain refused what it was asked.' },
  chain_answer: { kind: 'unavailable', message: 'The node of the chain answered what is no answer to it.' },
  other_chain: { kind: 'unavailable', message: 'The node is one of another chain than this source is about.' },
  chain_moved: { kind: 'unavailable', message: 'The chain changed while it was read. It is read again by itself.' },
  source_failed: { kind: 'unavailable', message: 'The source could not be read. What is wrong stands in the log.' },
});
