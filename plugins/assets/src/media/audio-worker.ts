// The thread in which one sound file is read.

import { analyseAudio } from './analyse-audio.ts';
import { serveWorker } from './worker.ts';

await serveWorker(analyseAudio);
