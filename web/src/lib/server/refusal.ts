// What the kernel refused, as a form shows it.

import { type ActionFailure, fail } from '@sveltejs/kit';
import { ClientError } from '@troupe-os/core/client';

export interface Refusal {
  /** One sentence for the whole form. */
  readonly problem: string;
  /** The stable code of the refusal, where the kernel refused. */
  readonly code?: string;
  /** Sentences by the name of the input that they are about. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Answers a refusal to the form; whatever else went wrong is thrown on. */
export function refusal<Kept extends object>(error: unknown, kept: Kept): ActionFailure<Refusal & Kept> {
  if (!(error instanceof ClientError) || error.status >= 500) throw error;
  return fail(error.status, { ...kept, problem: error.message, code: error.code, fields: fieldsOf(error.details) });
}

/** A refusal of ours, before anything was asked. */
export function notYet<Kept extends object>(problem: string, kept: Kept): ActionFailure<Refusal & Kept> {
  return fail(422, { ...kept, problem, fields: {} });
}

function fieldsOf(details: unknown): Record<string, string> {
  const issues = (details as { issues?: { path?: unknown; message?: unknown }[] } | undefined)?.issues ?? [];
  return Object.fromEntries(issues.map(({ path, message }) => [String(path), String(message)]));
}
