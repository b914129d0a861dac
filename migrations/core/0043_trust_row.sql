-- Who answers for the words of a row is decided by the action; no other login of the server has anything to say.
revoke execute on function core.trust_row(text, text) from public;
grant execute on function core.trust_row(text, text) to troupe_app;
