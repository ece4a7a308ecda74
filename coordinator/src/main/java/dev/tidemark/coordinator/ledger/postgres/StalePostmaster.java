package dev.tidemark.coordinator.ledger.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of our data directory that outlived its coordinator. It is stopped, not adopted: its sessions may still hold
 * the transactions of the coordinator that was killed, and a stop takes less than a second.
 */
final class StalePostmaster {
    private static final Logger LOG = LoggerFactory.getLogger(StalePostmaster.class);
    private static final Duration FAST_STOP_LIMIT = Duration.ofSeconds(20);
    private static final Duration IMMEDIATE_STOP_LIMIT = Duration.ofSeconds(10);

    private StalePostmaster() {}

    /** Afterwards no server works on the data directory, and no pid file stands in the way of a new one. */
    static void clear(Path data, PostgresControl control) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        Optional<ProcessHandle> named = processNamedIn(pidFile);
        if (named.isEmpty()) {
            // A pid that is gone: PostgreSQL clears the file itself, after looking for sessions that are still alive.
            return;
        }
        ProcessHandle process = named.get();
        if (!isServerOf(data, process.pid())) {
            LOG.warn("{} names process {}, which is not our server", pidFile, process.pid());
            disown(pidFile);
            return;
        }
        LOG.warn(
                "A PostgreSQL server (process {}) of an earlier coordinator still runs on {}: stopping it",
                process.pid(),
                data);
        if (!control.stop("fast", FAST_STOP_LIMIT) && !control.stop("immediate", IMMEDIATE_STOP_LIMIT)) {
            throw new DatabaseRefused.ServerFailed(
                    "An earlier PostgreSQL server (process " + process.pid() + ") on " + data
                            + " does not stop: end it and start again.",
                    null);
        }
    }

    /**
     * Makes the file name a process that cannot exist, instead of removing it: the rest of the file tells PostgreSQL which
     * shared memory to look at, and a session of a killed server that still writes would otherwise go unnoticed.
     */
    private static void disown(Path pidFile) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(pidFile, StandardCharsets.UTF_8));
        lines.set(0, Integer.toString(Integer.MAX_VALUE));
        Files.writeString(pidFile, String.join("\n", lines) + "\n");
    }

    /** The living process that the pid file names, whatever it is. */
    static Optional<ProcessHandle> processNamedIn(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(pidFile, StandardCharsets.UTF_8);
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        try {
            return ProcessHandle.of(Long.parseLong(lines.getFirst().strip())).filter(ProcessHandle::isAlive);
        } catch (NumberFormatException torn) {
            return Optional.empty();
        }
    }

    /** Pids are reused, and a zombie keeps its own: only a program called postgres that was started on this very directory counts. */
    private static boolean isServerOf(Path data, long pid) throws IOException {
        Path commandLine = Path.of("/proc", Long.toString(pid), "cmdline");
        if (!Files.isReadable(commandLine)) {
            return false;
        }
        List<String> words =
                List.of(Files.readString(commandLine, StandardCharsets.UTF_8).split("\0", -1));
        return words.getFirst().endsWith("/postgres") && words.contains(data.toString());
    }
}
