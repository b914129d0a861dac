// The thread in which one song is played: it takes most of half a second.

import { serveWorker } from '../media/worker.ts';
import { encodeFlac } from './flac.ts';
import { playScore, type Score } from './songs.ts';
import type { SoundTags } from './wav.ts';

await serveWorker(async ({ score, tags }: { score: Score; tags: SoundTags }) => encodeFlac(playScore(score), tags));
