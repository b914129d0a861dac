import { defineErrors } from '@troupe-os/core/contract';

export const assetsErrors = defineErrors('assets', {
  unknown_asset: { kind: 'missing', message: 'There is no such work.' },
  unknown_variant: { kind: 'missing', message: 'This work has no such picture or file.' },
  unknown_collection: { kind: 'missing', message: 'There is no such collection.' },
  unknown_import: { kind: 'missing', message: 'There is no such import.' },
  unknown_brand: { kind: 'missing', message: 'There is no such brand.' },
  wrong_status: { kind: 'conflict', message: 'The work is not in a state that allows this.' },
  on_sale: { kind: 'conflict', message: 'This work is on sale. Take it off sale before you archive it.' },
  nothing_to_change: { kind: 'invalid', message: 'Say what to change: a title, a description, tags or a type.' },
  nothing_to_import: { kind: 'invalid', message: 'There is no file to import here.' },
  too_many_files: { kind: 'invalid', message: 'This folder holds more files than one import takes. Import its parts.' },
  unreadable_folder: { kind: 'invalid', message: 'This folder may not be read. Check its permissions.' },
  unreadable_file: { kind: 'invalid', message: 'This file may not be read. Check its permissions.' },
  title_for_one: {
    kind: 'invalid',
    message: 'A title can be given to one file only. Import without it and name the works later.',
  },
  unknown_draft: { kind: 'missing', message: 'There is no such draft.' },
  unknown_source: { kind: 'invalid', message: 'One of the works that were read for it is not there.' },
  too_many_drafts: { kind: 'conflict', message: 'Twenty drafts wait for this work already. Accept or reject some first.' },
  draft_for_people: { kind: 'scope', message: 'What becomes of a draft is said by a person, not by an app in their name.' },
  draft_decided: { kind: 'conflict', message: 'This draft was accepted or rejected already.' },
  draft_exists: {
    kind: 'conflict',
    message: 'The same words wait for this work in another draft already.',
    constraints: ['draft_once'],
  },
  draft_open: { kind: 'conflict', message: 'This draft waits still.' },
  draft_outdated: {
    kind: 'conflict',
    message: 'The words of the work were changed since. Have another draft written, or change the work itself.',
  },
  collection_title_taken: {
    kind: 'conflict',
    message: 'The brand has a collection of this title already.',
    constraints: ['collections_title_taken'],
  },
});
