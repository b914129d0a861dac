// The thread in which one document is read.

import { extractDocument } from './extract-document.ts';
import { serveWorker } from './worker.ts';

await serveWorker(extractDocument);
