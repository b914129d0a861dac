-- The actions that an agent is kept to, of those that its roles open. Null: all of them.
alter table identity.actors add column actions text[] constraint actor_actions
  check (actions is null or (kind = 'agent' and cardinality(actions) <= 200 and array_position(actions, null) is null));
drop trigger rights_changed on identity.actors;
create trigger rights_changed after update of active, name, actions or delete on identity.actors
  for each statement execute function core.rights_changed();
