package dev.tidemark.coordinator.drill.soak;

import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is wrong, each with its evidence in a directory of its own. Nothing is made as long as nothing is wrong. */
final class Findings {
    /** What can be wrong. */
    enum Kind {
        /** A restore is not what the disk held. */
        WRONG,
        /** Something did not come to an end, or needed a hand. */
        STUCK,
        /** Something was left behind, or grows. */
        LEAK,
        /** What was acknowledged is not known any more. */
        LOST,
        /** A process ended that nobody had killed. */
        DIED,
        /** The harness itself could not go on: what it should have seen is not proved. */
        HARNESS
    }

    /** One thing that is wrong. */
    record Finding(Kind kind, String subject, String detail, String evidence) {}

    /** Gathers evidence into a directory. */
    @FunctionalInterface
    interface Evidence {
        void gather(Path directory) throws Exception;
    }

    private final List<Finding> findings = new ArrayList<>();
    private final PrintWriter err;
    private @Nullable Path directory;
    private volatile boolean closed;

    Findings(PrintWriter err) {
        this.err = err;
    }

    /** Notes it; the evidence is gathered at once, while it is still there. */
    void add(Kind kind, String subject, String detail, Evidence evidence) {
        if (closed) {
            return;
        }
        Path own = noted(kind, subject, detail);
        err.println("FOUND " + kind + " " + subject + ": " + detail + " (" + own + ")");
        try {
            Files.writeString(own.resolve("finding.txt"), kind + " " + subject + "\n" + detail + "\n");
            evidence.gather(own);
        } catch (Exception incomplete) {
            // Evidence that cannot be had must not hide the finding itself.
            err.println("evidence of " + own + " is incomplete: " + incomplete);
        }
    }

    /** From now on everything ends, because the run was stopped: that is no finding. */
    void close() {
        closed = true;
    }

    synchronized List<Finding> all() {
        return List.copyOf(findings);
    }

    synchronized Map<Kind, Integer> byKind() {
        Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            counts.put(kind, 0);
        }
        findings.forEach(finding -> counts.merge(finding.kind(), 1, Integer::sum));
        return new LinkedHashMap<>(counts);
    }

    /** Where the evidence lies; null if nothing is wrong. */
    synchronized @Nullable Path directory() {
        return directory;
    }

    static void copy(Path tree, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(tree.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else if (Files.isRegularFile(path)) {
                    Files.copy(path, target);
                }
            }
        }
    }

    static void json(Path file, Object value) throws IOException {
        Files.writeString(file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value));
    }

    private synchronized Path noted(Kind kind, String subject, String detail) {
        Path own = fresh(kind + "-" + subject.replaceAll("[^A-Za-z0-9._-]", "_"));
        findings.add(new Finding(kind, subject, detail, own.toString()));
        return own;
    }

    private Path fresh(String name) {
        try {
            if (directory == null) {
                directory = Files.createTempDirectory("tidemark-soak-findings-");
            }
            return Files.createDirectory(directory.resolve(String.format("%03d-%s", findings.size() + 1, name)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
