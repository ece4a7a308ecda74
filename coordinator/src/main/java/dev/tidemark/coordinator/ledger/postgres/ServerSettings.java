package dev.tidemark.coordinator.ledger.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The server's configuration, written afresh at every start: what somebody edited by hand does not last. */
final class ServerSettings {
    private ServerSettings() {}

    /** What the server is there for. */
    enum Purpose {
        SERVING,
        /** Also keeps when each transaction was committed. */
        MEASURING
    }

    static void write(Path data, int port, ServerAccount account, Purpose purpose) throws IOException {
        Path file = data.resolve("postgresql.conf");
        Files.writeString(file, """
                # Written by Tidemark at every start; changes are overwritten.
                listen_addresses = '127.0.0.1'
                port = %d
                unix_socket_directories = ''
                max_connections = 64
                password_encryption = 'scram-sha-256'

                # Every acknowledged event survives any crash.
                fsync = on
                synchronous_commit = on
                full_page_writes = on
                wal_level = replica
                max_wal_senders = 0

                shared_buffers = '64MB'
                max_wal_size = '512MB'
                jit = off
                max_parallel_workers_per_gather = 0

                # A statement that fails is not logged with its text: it might hold a secret.
                log_min_error_statement = panic
                log_parameter_max_length_on_error = 0
                log_statement = none
                log_line_prefix = '%%m [%%p] %%u@%%d '
                log_timezone = 'UTC'
                timezone = 'UTC'
                lc_messages = 'C'
                track_commit_timestamp = %s
                """.formatted(port, purpose == Purpose.MEASURING ? "on" : "off"));
        FileTree.own(file, account.owner());
        // ALTER SYSTEM would win over the file above, and could switch durability off.
        Files.deleteIfExists(data.resolve("postgresql.auto.conf"));
    }
}
