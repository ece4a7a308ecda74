package dev.tidemark.coordinator.stage;

import dev.tidemark.coordinator.ledger.LogRows;
import dev.tidemark.coordinator.ledger.postgres.EmbeddedServer;
import dev.tidemark.coordinator.ledger.postgres.ServerAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of its own, durable as in production, that outlives coordinators and can be killed itself. It comes back
 * on the same data and the same port.
 */
public final class DatabaseServer {
    private static final String NAME = "tidemark";
    private static final long END_SECONDS_MAX = 15;

    private final Path home;
    private @Nullable EmbeddedServer server;
    private @Nullable ServerAddress address;
    private boolean keepsCommitMoments;

    DatabaseServer(Path home) {
        this.home = home;
    }

    /** From its first start on it keeps when each transaction was committed, for those who measure what comes after. */
    public synchronized void keepCommitMoments() {
        keepsCommitMoments = true;
    }

    /** Starts it, at first or again after {@link #kill}; gives the milliseconds that took. */
    public synchronized long start() {
        long begin = System.nanoTime();
        EmbeddedServer known = server;
        if (known == null) {
            EmbeddedServer started =
                    keepsCommitMoments ? EmbeddedServer.startKeepingCommitMoments(home) : EmbeddedServer.start(home);
            server = started;
            address = started.lend(NAME);
        } else {
            try {
                known.startAgain();
            } catch (IOException failure) {
                throw new StageFailure("the database server does not start again: " + failure.getMessage(), failure);
            }
        }
        return Service.elapsed(begin);
    }

    /** How a coordinator reaches it: its URL and the file with its password. */
    public synchronized ServerAddress address() {
        if (address == null) {
            throw new StageFailure("the database server was not started");
        }
        return address;
    }

    /** The postmaster; -1 if none runs. */
    public long processId() {
        return postmaster().map(ProcessHandle::pid).orElse(-1L);
    }

    /** SIGKILL to the postmaster and to every process that it has started; afterwards none of them is left. */
    public void kill() {
        Optional<ProcessHandle> postmaster = postmaster();
        if (postmaster.isEmpty()) {
            return;
        }
        List<ProcessHandle> processes = new ArrayList<>();
        processes.add(postmaster.get());
        postmaster.get().children().forEach(processes::add);
        // The postmaster first: it must not see its sessions die and begin to put things in order.
        processes.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : processes) {
            awaitEnd(process);
        }
    }

    /** Every row of the log by its place in it, as the database holds it. */
    public synchronized SortedMap<Long, String> log() {
        if (server == null) {
            throw new StageFailure("the database server was not started");
        }
        return LogRows.of(server.reading(NAME));
    }

    /** Stops it in order, for good. */
    synchronized void stop() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    private synchronized Optional<ProcessHandle> postmaster() {
        return server == null ? Optional.empty() : server.process();
    }

    private static void awaitEnd(ProcessHandle process) {
        try {
            process.onExit().get(END_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StageFailure("interrupted", interrupted);
        } catch (ExecutionException | TimeoutException stays) {
            throw new StageFailure("process " + process.pid() + " of the database server does not end", stays);
        }
    }
}
