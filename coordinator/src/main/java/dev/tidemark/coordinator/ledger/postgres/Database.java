package dev.tidemark.coordinator.ledger.postgres;

import java.nio.file.Path;
import javax.sql.DataSource;

/** A database whose schema is at the version that this program knows, and whose log nobody can rewrite. */
public sealed interface Database extends AutoCloseable permits EmbeddedDatabase, ServerDatabase {
    /** Pooled; may read and append, never change history. */
    DataSource application();

    /** Not pooled; owns the schema. For migrations and for rebuilding read models, not for daily work. */
    DataSource migration();

    /** Where the data is, for a log line or an operator; without secrets. */
    String description();

    /** Close this last: whatever still wants to write must have ended. */
    @Override
    void close();

    /** Starts the embedded server of this home directory, brings its schema up to date, and owns the server. */
    static Database embedded(Path home) {
        EmbeddedServer server = EmbeddedServer.start(home);
        try {
            return EmbeddedDatabase.owning(server);
        } catch (RuntimeException failure) {
            server.close();
            throw failure;
        }
    }

    /** Connects to a server that somebody else runs. */
    static Database at(ServerAddress address) {
        return ServerDatabase.open(address);
    }
}
