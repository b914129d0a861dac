-- Whoever else had a hand in how a person signs in could sign in as them, so for a day from then on each of their sessions is marked.
alter table identity.people add column handed_over_until timestamptz; -- null: nobody had a hand in it
-- whichever way opened it
alter table identity.sessions drop constraint sessions_check1;

-- Of a notice that must not go to the present address; it is kept until the letter has ended.
alter table identity.letters add column address text check (length(address) <= 254);
alter table identity.letters add constraint letter_address check (address is null or kind = 'notice');
create function identity.forget_address() returns trigger language plpgsql as $$
begin
  if new.state <> 'waiting' then
    new.address := null;
  end if;
  return new;
end $$;
create trigger forget_address before update on identity.letters for each row execute function identity.forget_address();
