-- History is not rewritten, not even by the owner of the table. The application's role is stopped by its missing grants
-- already; the triggers stop everybody else, and say so. ALWAYS: they also fire while a session plays replica.
CREATE FUNCTION tidemark.refuse_to_rewrite_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'modifying_sql_data_not_permitted',
              HINT = 'What happened stays in the log. A correction is a new event.';
END
$$;

CREATE TRIGGER history_is_not_rewritten
    BEFORE UPDATE OR DELETE OR TRUNCATE ON tidemark.domain_event_entry
    FOR EACH STATEMENT EXECUTE FUNCTION tidemark.refuse_to_rewrite_history();

ALTER TABLE tidemark.domain_event_entry ENABLE ALWAYS TRIGGER history_is_not_rewritten;
