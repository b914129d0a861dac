-- Links that somebody else than their person made, and the sessions that they open: those decide nothing in the person's name.
alter table identity.sign_in_links add column handed_over boolean not null default false;
alter table identity.pending_sign_ins add column handed_over boolean not null default false;
alter table identity.sessions add column handed_over boolean not null default false check (not handed_over or opened_by = 'link');
