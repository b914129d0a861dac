-- How many proofs opened a session. A passkey is two, and whoever had an authenticator gave its code besides.
alter table identity.sessions add column proofs smallint not null default 1 check (proofs in (1, 2));
update identity.sessions s set proofs = 2
  where s.opened_by = 'passkey'
     or exists (select from identity.authenticators a where a.actor_id = s.actor_id and a.confirmed_at <= s.created_at);
alter table identity.sessions alter column proofs drop default;
