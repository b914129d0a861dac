-- A call that waits for a person's yes ends as `parked`.
alter table core.audit_entries drop constraint audit_entries_outcome_check;
alter table core.audit_entries add constraint audit_entries_outcome_check
  check (outcome in ('initiated', 'succeeded', 'failed', 'denied', 'previewed', 'parked'));
