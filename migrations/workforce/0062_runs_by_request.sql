-- An event is told with the request of the run that caused it: its schedule does not set itself off.
create index on workforce.runs (request_id) where task_id is not null;
