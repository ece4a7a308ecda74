package dev.tidemark.coordinator.cli;

import dev.tidemark.schema.id.MachineName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What an answer to an auditor is to be about. */
final class AuditFilterOptions {
    @Option(names = "--vm", paramLabel = "VM", description = "About this machine.")
    @Nullable
    MachineName vm;

    @Option(names = "--backup", paramLabel = "ID", description = "About this backup.")
    @Nullable
    BackupReference backup;

    @Option(names = "--since", paramLabel = "TIME", description = "Not before.")
    @Nullable
    PointInTime since;

    @Option(names = "--until", paramLabel = "TIME", description = "Before.")
    @Nullable
    PointInTime until;

    @Option(
            names = "--caller",
            paramLabel = "NAME",
            description = "As the log calls them, for example token:nightly; * stands for anything.")
    @Nullable
    String caller;

    @Option(
            names = "--decision",
            paramLabel = "DECISION",
            description = "ALLOWED, DENIED, REFUSED (by a rule), INVALID or FAILED.")
    @Nullable
    Decision decision;

    @Option(
            names = "--what",
            paramLabel = "WORD",
            description = "What was done, its route, or what it named; * as above.")
    @Nullable
    String what;

    @Option(
            names = "--outcome",
            paramLabel = "OUTCOME",
            description = "Of its operation: PENDING, RUNNING, UNKNOWN, DONE or FAILED.")
    @Nullable
    Outcome outcome;

    @Option(names = "--days", paramLabel = "N", description = "unverified: for so many days; 30 if not given.")
    @Nullable
    Integer days;

    @Option(names = "--at", paramLabel = "TIME", description = "chain: as of then.")
    @Nullable
    PointInTime at;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "The newest N rows, oldest of them first: 100 if not given; ndjson and csv take all.")
    @Nullable
    Integer limit;

    /** What was decided. */
    enum Decision {
        ALLOWED,
        DENIED,
        REFUSED,
        INVALID,
        FAILED
    }

    /** What became of it. */
    enum Outcome {
        PENDING,
        RUNNING,
        UNKNOWN,
        DONE,
        FAILED
    }
}
