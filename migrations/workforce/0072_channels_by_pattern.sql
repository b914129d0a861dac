-- Which channels there are says the code: a new one needs no change here.
alter table workforce.cards
  drop constraint cards_channel_check,
  add constraint cards_channel_check check (channel ~ '^[a-z][a-z0-9-]{0,30}$');
