-- Whoever else had a hand in how a person signs in could sign in as them, so for a day from then on each of their sessions is marked.
alter table identity.people add column handed_over_until timestamptz; -- null: nobody had a hand in it
-- whichever way opened it
alter table identity.sessions drop constraint sessions_check1;

-- Of a notice that must not go to the present address; it is kept until the letter has ended.
alter table identity.letters add column address text check (length(address) <= 254);
alter table identity.letters add constraint letter_address check (address is null or (kind = 'notice' and state = 'waiting'));
