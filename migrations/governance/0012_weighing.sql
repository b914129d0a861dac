-- Limits and tiers are read once a version of rights, as rules and switches are, and not by each call that moves money.
create trigger rights_changed after insert or update or delete on governance.limits for each statement execute function core.rights_changed();
create trigger rights_changed after insert or update or delete on governance.tiers for each statement execute function core.rights_changed();
