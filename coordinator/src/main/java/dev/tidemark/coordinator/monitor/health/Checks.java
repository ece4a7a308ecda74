package dev.tidemark.coordinator.monitor.health;

import dev.tidemark.coordinator.dispatch.Standing;
import dev.tidemark.coordinator.evidence.HeadWriter;
import dev.tidemark.schema.id.HostName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The questions to the parts of a coordinator. */
public final class Checks {
    /** What the check of the database is called: without it nothing is answered. */
    public static final String DATABASE = "database";

    private static final long MEBIBYTE = 1L << 20;

    private Checks() {}

    /** Whether what is written there stays there: {@code trouble} is what keeps it from that; empty if nothing does. */
    public static Supplier<Finding> database(Supplier<Optional<String>> trouble) {
        return () -> trouble.get()
                .map(what -> Finding.down(DATABASE, what))
                .orElseGet(() -> Finding.up(DATABASE, "answers, can be written, and keeps what it says it keeps"));
    }

    /** The gateway of this process: it asks at least twice a minute what there is to do. */
    public static Supplier<Finding> gateway(Supplier<Standing> standing, HostName host, Clock clock, Duration silence) {
        return () -> {
            Instant last = standing.get().gateways().get(host);
            if (last == null || Duration.between(last, clock.instant()).compareTo(silence) > 0) {
                return Finding.down(
                        "gateway",
                        "the gateway of this host, '" + host + "', has not asked for anything"
                                + (last == null ? " yet" : " since " + last));
            }
            return Finding.up("gateway", "asks what there is to do for host '" + host + "'");
        };
    }

    /** What looks for commits of which no word came. */
    public static Supplier<Finding> catchUp(BooleanSupplier failing) {
        return () -> failing.getAsBoolean()
                ? Finding.down("catch-up", "the log cannot be looked at for what other coordinators have committed")
                : Finding.up("catch-up", "looks at the log every few seconds");
    }

    /** Whoever is not the one who signs has nothing to say about it. */
    public static Supplier<Finding> heads(Supplier<HeadWriter.Standing> standing) {
        return () -> {
            HeadWriter.Standing heads = standing.get();
            if (heads.tampered()) {
                return Finding.warning(
                        "heads", "the log is not the one that was signed before: run 'tidemark audit verify'");
            }
            return heads.failing()
                    ? Finding.warning("heads", "the log is not signed: the coordinator's log says why")
                    : Finding.up("heads", heads.signs() ? "the log is signed" : "another coordinator signs the log");
        };
    }

    /** Room for the log's heads and the coordinator's own log; with an embedded database for everything. */
    public static Supplier<Finding> room(Path home, long enoughBytes, long needed) {
        return () -> {
            try {
                long free = Files.getFileStore(home).getUsableSpace();
                String detail = free / MEBIBYTE + " MiB are free in the home";
                if (!Files.isWritable(home)) {
                    return Finding.down("home", "the home cannot be written");
                }
                if (free < needed) {
                    return Finding.down("home", detail);
                }
                return free < enoughBytes ? Finding.warning("home", detail) : Finding.up("home", detail);
            } catch (IOException unreadable) {
                return Finding.down("home", "the home cannot be looked at: " + unreadable.getMessage());
            }
        };
    }
}
