package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.stage.Monitor;
import dev.tidemark.coordinator.stage.Pause;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.coordinator.stage.StorageMachine;
import java.io.IOException;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/**
 * QEMU's own backup job with everything at its default, in a storage daemon that reads the source's image: what a backup costs
 * without log, checkpoint and digest.
 */
final class PlainJob implements AutoCloseable {
    private static final int POLL_MILLISECONDS = 5;

    private final StorageMachine reader;
    private final Monitor monitor;

    private PlainJob(StorageMachine reader, Monitor monitor) {
        this.reader = reader;
        this.monitor = monitor;
    }

    /** Started anew for each job: what it read of the image's tables may be out of date afterwards. */
    static PlainJob prepare(SourceDisk source) throws IOException {
        StorageMachine reader = source.machine().reader();
        return new PlainJob(reader, reader.start());
    }

    /** Copies everything into an empty image that exists, and closes it. */
    void into(Path target) throws IOException {
        monitor.execute("{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"qcow2\",\"node-name\":\"target\","
                + "\"file\":{\"driver\":\"file\",\"filename\":\"" + target + "\"}}}");
        monitor.execute("{\"execute\":\"blockdev-backup\",\"arguments\":{\"job-id\":\"plain\",\"device\":\""
                + SourceDisk.NAME + "\",\"target\":\"target\",\"sync\":\"full\",\"auto-dismiss\":false}}");
        while (true) {
            JsonNode job = monitor.execute("{\"execute\":\"query-jobs\"}").path(0);
            if (job.path("status").asString("").equals("concluded")) {
                if (job.has("error")) {
                    throw new StageFailure(
                            "the plain job failed: " + job.path("error").asString(""));
                }
                break;
            }
            Pause.milliseconds(POLL_MILLISECONDS);
        }
        monitor.execute("{\"execute\":\"job-dismiss\",\"arguments\":{\"id\":\"plain\"}}");
        monitor.execute("{\"execute\":\"blockdev-del\",\"arguments\":{\"node-name\":\"target\"}}");
    }

    @Override
    public void close() throws IOException {
        monitor.close();
        reader.kill();
    }
}
