-- Who may do what. Every object of the schema belongs to the role that runs these migrations; the coordinator works as
-- tidemark_application, which owns nothing and gets exactly what each later file grants.
--
-- With the embedded server the role exists already, with its own password. On a given server it is made here, without a
-- login, and the migrating user becomes a member of it: the coordinator then connects as that user and takes on the
-- application's role for the whole session. Whoever wants a separate login creates the role first (then this needs no
-- CREATEROLE):   CREATE ROLE tidemark_application LOGIN PASSWORD '…';
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tidemark_application') THEN
        BEGIN
            CREATE ROLE tidemark_application NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
            EXECUTE format('GRANT tidemark_application TO %I', current_user);
        EXCEPTION
            -- A role belongs to the whole server: another database's migration may make it at the same moment.
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
END
$$;

REVOKE ALL ON SCHEMA tidemark FROM PUBLIC;
GRANT USAGE ON SCHEMA tidemark TO tidemark_application;
