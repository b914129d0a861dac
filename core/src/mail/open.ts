// The one place that knows which drivers there are.
import type { Mail } from './driver.ts';
import { createFolderMail } from './folder.ts';
import { createSmtpMail, type SmtpSettings } from './smtp.ts';

export type MailSettings =
  | ({ readonly kind: 'smtp' } & SmtpSettings)
  | { readonly kind: 'folder'; readonly folder: string; readonly from: string };

/** Nothing is loaded or asked before the first letter. */
export function openMail(settings: MailSettings): Mail {
  return settings.kind === 'smtp' ? createSmtpMail(settings) : createFolderMail(settings);
}
