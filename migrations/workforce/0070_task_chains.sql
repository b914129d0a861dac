-- Schedules that hear what each other's tasks bring about would set each other off for ever.
alter table workforce.tasks add column chain smallint not null default 0 check (chain between 0 and 3);
