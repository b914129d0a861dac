// The one place that knows which drivers there are.
import type { Objects } from './driver.ts';
import { createFolderObjects } from './fs.ts';
import { createS3Objects, type S3Settings } from './s3.ts';

export type ObjectsSettings = { readonly kind: 'folder'; readonly folder: string } | ({ readonly kind: 's3' } & S3Settings);

/** Nothing is touched before the first call: a wrong folder or bucket shows itself there, as `objects.unavailable`. */
export function openObjects(settings: ObjectsSettings): Objects {
  return settings.kind === 'folder' ? createFolderObjects(settings) : createS3Objects(settings);
}
