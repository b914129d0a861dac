-- When a token or an app last did something. What sessions prove stands by their actor.
create index on core.audit_entries (credential, at desc)
  where outcome = 'succeeded' and (credential like 'token:%' or credential like 'app:%');
