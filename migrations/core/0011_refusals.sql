-- What was refused or failed, in the order of commits: for whoever watches the record.
create index on core.audit_entries (epoch, xid, id) where outcome in ('denied', 'failed');
