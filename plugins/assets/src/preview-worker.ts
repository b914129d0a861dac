// The thread in which a preview is made.
import { serveWorker } from './media/worker.ts';
import { renderPreview } from './preview.ts';

await serveWorker(renderPreview);
