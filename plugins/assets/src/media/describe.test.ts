import { expect, test } from 'vitest';
import { describeAsset, fileNameWords, MAX_DESCRIPTION } from './describe.ts';

test('a file name is read as words', () => {
  expect(fileNameWords('night_drive-final.mp3')).toBe('night drive final');
  expect(fileNameWords('NightDrive02.WAV')).toBe('Night Drive 02');
  expect(fileNameWords('C:\\music\\Été à Paris.flac')).toBe('Été à Paris');
});

test('an asset is described by what people wrote, then by what its file says, nothing twice', () => {
  const text = describeAsset({
    title: 'Night Drive',
    description: 'For an empty motorway',
    tags: ['synthwave', 'car'],
    fileName: 'night_drive.mp3',
  });

  expect(text).toBe('Night Drive\nFor an empty motorway\nsynthwave, car');
});

test('a long document does not make the description longer than its limit', () => {
  const file = { mime: 'application/pdf', extension: 'pdf', bytes: 1, sha256: '' };
  const text = describeAsset({
    title: 'Contract',
    media: { ...file, type: 'document', document: { pages: 9, text: 'word '.repeat(4_000) } },
  });

  expect(text.startsWith('Contract\nword')).toBe(true);
  expect(text.length).toBe(MAX_DESCRIPTION);
});
