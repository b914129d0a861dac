-- Letters that tell somebody something, of another plugin's wording.
alter table identity.letters drop constraint letters_kind_check;
alter table identity.letters add constraint letters_kind_check check (kind in ('invitation', 'sign-in-link', 'notice'));
alter table identity.letters add column subject text check (length(subject) between 1 and 200);
alter table identity.letters add column body text check (length(body) between 1 and 10000);
alter table identity.letters add constraint notice_said
  check ((kind = 'notice') = (subject is not null) and (kind = 'notice') = (body is not null) and (kind <> 'notice' or actor_id is not null));
