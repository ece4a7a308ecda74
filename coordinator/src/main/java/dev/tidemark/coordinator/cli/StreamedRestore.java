package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Coordinator;
import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.schema.id.DiskName;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code tidemark restore --to -}: one disk, from an export that lives as long as the command. An export reads nothing back before, and
 * a pipe cannot take back what it has got, so the backup is verified beside it, and the exit code tells of both.
 */
final class StreamedRestore {
    private static final int END_PATIENCE_SECONDS = 5;

    private final Session session;
    private final boolean verified;

    StreamedRestore(Session session, boolean verified) {
        this.session = session;
        this.verified = verified;
    }

    /** Nothing but the disk goes to standard output, in no format. */
    int run(RequestPath restores, ObjectNode choice) {
        try {
            refuseTerminal(session);
            stream(restores, choice);
            return ExitCode.OK.number();
        } catch (Failure failure) {
            session.output().printError(failure.detail(), failure.remedy());
            return failure.exitCode().number();
        }
    }

    static void refuseTerminal(Session session) {
        if (session.terminal().resultsOnTerminal()) {
            throw Failure.local(
                    ExitCode.USAGE,
                    Session.USAGE_CODE,
                    "standard output is a terminal, and a disk is no text",
                    "Lead it elsewhere: tidemark restore … --to - | …, or > FILE");
        }
    }

    private void stream(RequestPath restores, ObjectNode choice) {
        Coordinator coordinator = session.coordinator();
        // As a restore to files would choose; nothing is done.
        JsonNode chosen = coordinator.post(restores.with("dryRun", "true"), choice);
        JsonNode intent = chosen.path("events").path(0);
        String backup = intent.path("backup").asString("");
        List<JsonNode> disks = Cell.list(intent, "disks");
        if (disks.size() != 1) {
            throw Failure.local(
                    ExitCode.USAGE,
                    Session.USAGE_CODE,
                    "backup " + backup + " holds " + disks.size() + " disks, and standard output takes one",
                    "Name it with --disk.");
        }
        DiskName disk = new DiskName(disks.getFirst().asString(""));
        ObjectNode body = Arguments.body();
        Arguments.putDisks(body, List.of(disk));
        try (InterruptedWork _ = InterruptedWork.ofThisThread()) {
            JsonNode opening = answered(() -> coordinator.post(RequestPath.v1("backups", backup, "exports"), body));
            try {
                read(backup, disk, opening);
            } finally {
                end(opening);
            }
        }
    }

    private void read(String backup, DiskName disk, JsonNode opening) {
        Coordinator coordinator = session.coordinator();
        JsonNode export = coordinator.get(
                RequestPath.v1("exports", done(opening, "the export").path("id").asString("")));
        JsonNode served = export.path("disks").path(0);
        String uri = served.path("uri").asString("");
        requireHere(uri);
        if (!verified) {
            copy(backup, disk, served);
            return;
        }
        JsonNode verifying =
                answered(() -> coordinator.post(RequestPath.v1("backups", backup, "verify"), Arguments.body()));
        boolean complete = false;
        try {
            copy(backup, disk, served);
            session.terminal().note("all was written; the verification of backup " + backup + " has to end, too");
            done(verifying, "What was written is not to be trusted: the verification");
            complete = true;
        } finally {
            if (!complete) {
                quietly(() -> coordinator.post(
                        RequestPath.v1("operations", verifying.path("id").asString(""), "abort"), Arguments.body()));
            }
        }
        session.terminal().note("backup " + backup + " was verified meanwhile: what was written is what was backed up");
    }

    private void copy(String backup, DiskName disk, JsonNode served) {
        long size = served.path("virtualSize").asLong(0);
        String uri = served.path("uri").asString("");
        copy(session, backup, disk, uri, size);
    }

    /** Returns when every byte was taken. */
    static void copy(Session session, String backup, DiskName disk, String uri, long size) {
        ProgressLine line = new ProgressLine(session.terminal(), System.nanoTime());
        try (DiskStream stream = DiskStream.of(uri, size, session.terminal().results())) {
            stream.toEnd(bytes -> line.seen(progress(bytes, size), System.nanoTime()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Failure.local(
                    ExitCode.FAILED,
                    "INTERRUPTED",
                    "interrupted; what was written is not the disk",
                    "Throw it away, and begin again.");
        } finally {
            line.end();
        }
        session.terminal().note("disk " + disk + " of backup " + backup + ": " + size + " bytes");
    }

    private static JsonNode progress(long bytes, long size) {
        ObjectNode operation = Arguments.body().put("kind", "RESTORE");
        operation
                .putObject("progress")
                .put("phase", "stream")
                .put("bytesDone", bytes)
                .put("bytesTotal", size);
        return operation;
    }

    private JsonNode done(JsonNode operation, String what) {
        OperationWait.Sight sight = new OperationWait(session.coordinator(), session.terminal()).await(operation, null);
        ExitCode exitCode = OperationRun.exitCode(sight);
        if (exitCode != ExitCode.OK) {
            String code = sight.operation().path("code").asString("FAILED");
            throw Failure.local(
                    exitCode,
                    code,
                    what + " did not come to its end: " + OperationRun.detail(sight),
                    OperationRun.remedy(sight));
        }
        return sight.operation();
    }

    private static void requireHere(String uri) {
        String query = String.valueOf(URI.create(uri).getQuery());
        Path socket = Path.of(query.substring(query.indexOf('=') + 1));
        if (!Files.exists(socket)) {
            throw Failure.local(
                    ExitCode.UNAVAILABLE,
                    "NOT_ON_THIS_HOST",
                    "the disk is served on the machine's own host, and there is no " + socket + " here",
                    "Run this there, as the user that the gateway runs as.");
        }
        if (!Files.isWritable(socket)) {
            throw Failure.local(
                    ExitCode.DENIED,
                    "SOCKET_DENIED",
                    "this user cannot use " + socket,
                    "Run this as the user that the gateway runs as.");
        }
    }

    /** An interrupt does not keep us from learning what was begun: it has to be ended. */
    private static JsonNode answered(Supplier<JsonNode> request) {
        try {
            return CompletableFuture.supplyAsync(request).join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw failed;
        }
    }

    private void end(JsonNode opening) {
        String export = opening.path("id").asString("");
        quietly(() -> {
            JsonNode ending = session.coordinator().post(RequestPath.v1("exports", export, "end"), Arguments.body());
            return new OperationWait(session.coordinator(), session.terminal())
                    .await(ending, END_PATIENCE_SECONDS)
                    .operation();
        });
    }

    /** Also after Ctrl-C; what came before it is the failure that is told. */
    private void quietly(Supplier<JsonNode> work) {
        boolean interrupted = Thread.interrupted();
        try {
            answered(work);
        } catch (Failure failure) {
            if (!failure.document().path("code").asString("").matches("NOT_EXPORTED|NOT_UNDER_WAY")) {
                session.terminal()
                        .note("not put away: " + failure.detail()
                                + "; see: tidemark export list, or wait for its lease");
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
