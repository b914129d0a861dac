// Tables whose changes are not captured, each with the reason. Whatever else is in the database is a plugin's, and captured.

export const infrastructure: Readonly<Record<string, string>> = {
  'core.audit_entries': 'the record itself',
  'core.audit_bodies': 'the record itself',
  'core.changes': 'the record itself',
  'core.denials': 'refusals on their way into the record, counted for a minute',
  'core.migrations': 'each file has its row of the record',
  'core.seeds': 'each seed has its row of the record',
  'core.epoch': 'which restore of the database this is',
  'core.rights': 'a version that tells caches to forget; what rights are is the plugins’',
  'core.idempotency': 'answers kept for a repetition of the same call, which has its row',
  'core.outbox': 'events on their way; the call that told them has its row',
  'core.deliveries': 'each delivery has its row of the record',
  'core.subjects': 'positions of streams of events',
  'core.job_steps': 'each step has its row of the record',
  'core.job_errors': 'why a job failed, for a while; its step has its row',
  'core.uploads': 'bytes in quarantine, until the call that they are for',
  'core.prepared_objects': 'objects that no row refers to yet',
  'core.artefacts':
    'codes, tokens and registrations of the authorization server: mcp-servers/src/oauth/kinds.ts has a reason for each',
  'core.artefact_families': 'what artefacts end with; the yes of a person is captured (identity.app_grants)',
  'queue.*': 'the queue engine’s own; each step of a job has its row of the record',
};
