package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.gateway.act.repository.ProgressListener;
import tools.jackson.databind.node.ObjectNode;

/** Tells of work in this process as of an operation somewhere else. */
final class RepositoryProgress implements ProgressListener {
    private static final long PAUSE_NANOSECONDS = 200_000_000L;

    private final ProgressLine line;
    private long toldAtNanoseconds;

    RepositoryProgress(Terminal terminal) {
        long now = System.nanoTime();
        this.line = new ProgressLine(terminal, now);
        this.toldAtNanoseconds = now - PAUSE_NANOSECONDS;
    }

    @Override
    public void progress(String phase, long bytesDone, long bytesTotal) {
        long now = System.nanoTime();
        if (now - toldAtNanoseconds < PAUSE_NANOSECONDS) {
            return;
        }
        toldAtNanoseconds = now;
        ObjectNode operation = Arguments.body().put("kind", "RESTORE");
        operation
                .putObject("progress")
                .put("phase", phase)
                .put("bytesDone", bytesDone)
                .put("bytesTotal", bytesTotal);
        line.seen(operation, now);
    }

    void end() {
        line.end();
    }
}
