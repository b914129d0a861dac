-- Which channels there are says the code: a new one needs no change here.
alter table identity.account_codes
  drop constraint account_codes_channel_check,
  add constraint account_codes_channel_check check (channel ~ '^[a-z][a-z0-9-]{0,30}$');
