package dev.tidemark.coordinator.ledger.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs {@code initdb} and {@code pg_ctl} on one data directory, as one account. */
record PostgresControl(PostgresBinaries binaries, ServerAccount account, Path data, Path run) {
    private static final Duration INITDB_LIMIT = Duration.ofMinutes(2);
    private static final Duration MARGIN = Duration.ofSeconds(10);

    Path log() {
        return run.resolve("server.log");
    }

    /** Makes a new cluster. The password travels in a file, never in an argument. */
    void initialise(String superuser, PasswordFile password) throws IOException {
        Path handedOver = run.resolve("initdb.password");
        Files.deleteIfExists(handedOver);
        try {
            Files.copy(password.path(), handedOver);
            FileTree.own(handedOver, account.owner());
            ExternalCommand initdb = ExternalCommand.run(
                    account.command(List.of(
                            binaries.initdb().toString(),
                            "--pgdata=" + data,
                            "--username=" + superuser,
                            "--pwfile=" + handedOver,
                            "--auth=scram-sha-256",
                            "--encoding=UTF8",
                            "--locale=C",
                            "--data-checksums",
                            "--no-instructions")),
                    run,
                    INITDB_LIMIT);
            if (!initdb.succeeded()) {
                throw new DatabaseRefused.ServerFailed(
                        "The data directory " + data + " cannot be made: " + initdb.output(), null);
            }
        } finally {
            Files.deleteIfExists(handedOver);
        }
    }

    /**
     * Starts the server and waits until it answers. {@code pg_ctl} gives the server a session of its own, so that Ctrl-C
     * in the coordinator's terminal does not reach it.
     */
    ExternalCommand start(Duration limit) {
        return pgCtl(limit, "start", "--wait", "--timeout=" + limit.toSeconds(), "--silent", "--log=" + log());
    }

    boolean stop(String mode, Duration limit) {
        return pgCtl(limit, "stop", "--wait", "--timeout=" + limit.toSeconds(), "--silent", "--mode=" + mode)
                .succeeded();
    }

    private ExternalCommand pgCtl(Duration limit, String verb, String... options) {
        List<String> command = new ArrayList<>(List.of(binaries.pgCtl().toString(), verb, "--pgdata=" + data));
        command.addAll(List.of(options));
        return ExternalCommand.run(account.command(command), run, limit.plus(MARGIN));
    }
}
