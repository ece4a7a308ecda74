package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.coordinator.cli.show.Text;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Tells on standard error how far an operation is: one line that moves on a terminal, few lines elsewhere. */
final class ProgressLine {
    private static final long PLAIN_PAUSE_SECONDS = 30;
    private static final int BAR_WIDTH = 10;
    private static final int BAR_COLUMNS_MIN = 60;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final Terminal terminal;
    private boolean drawn;
    private String saidPhase = "";
    private long saidAtNanoseconds;
    private long firstBytes = -1;
    private long firstAtNanoseconds;

    ProgressLine(Terminal terminal, long nowNanoseconds) {
        this.terminal = terminal;
        this.saidAtNanoseconds = nowNanoseconds;
    }

    /** An operation that has not ended was seen. */
    void seen(JsonNode operation, long nowNanoseconds) {
        String line = line(operation, nowNanoseconds);
        if (terminal.livelyNotes()) {
            int width = Math.max(1, terminal.width() - 1);
            terminal.noteRaw(ERASE_LINE + (line.length() > width ? line.substring(0, width) : line));
            drawn = true;
            return;
        }
        String phase = phase(operation);
        boolean longSilence = nowNanoseconds - saidAtNanoseconds >= PLAIN_PAUSE_SECONDS * 1_000_000_000L;
        if (longSilence || (!saidPhase.isEmpty() && !phase.equals(saidPhase))) {
            terminal.note(line);
            saidAtNanoseconds = nowNanoseconds;
        }
        saidPhase = phase;
    }

    /** Nothing more will come: the terminal's line is free for what follows. */
    void end() {
        if (drawn) {
            terminal.noteRaw(ERASE_LINE);
            drawn = false;
        }
    }

    private static String phase(JsonNode operation) {
        String phase = operation.path("progress").path("phase").asString("");
        boolean queued = operation.path("waitsFor").isString();
        String state = queued ? "queued" : operation.path("state").asString("");
        return Text.harmless(phase.isEmpty() ? state : phase).toLowerCase(Locale.ROOT);
    }

    private String line(JsonNode operation, long nowNanoseconds) {
        String kind = Text.harmless(operation.path("kind").asString("operation"));
        StringBuilder line = new StringBuilder(kind.toLowerCase(Locale.ROOT).replace('_', ' '))
                .append(": ")
                .append(phase(operation));
        if (operation.path("waitsFor").isString()) {
            line.append(", ").append(Text.harmless(operation.path("waitsFor").asString("")));
        }
        JsonNode progress = operation.path("progress");
        long done = progress.path("bytesDone").asLong(0);
        long total = progress.path("bytesTotal").asLong(0);
        if (total > 0 && done >= 0) {
            appendBytes(line, Math.min(done, total), total, nowNanoseconds);
        }
        if (progress.path("awaits").isString()) {
            line.append("  stands still: ")
                    .append(Text.harmless(progress.path("awaits").asString("")));
        }
        return line.toString();
    }

    private void appendBytes(StringBuilder line, long done, long total, long nowNanoseconds) {
        if (firstBytes < 0 || done < firstBytes) {
            firstBytes = done;
            firstAtNanoseconds = nowNanoseconds;
        }
        double share = (double) done / total;
        if (terminal.livelyNotes() && terminal.width() >= BAR_COLUMNS_MIN) {
            int filled = (int) (share * BAR_WIDTH);
            line.append(" [")
                    .append("#".repeat(filled))
                    .append("-".repeat(BAR_WIDTH - filled))
                    .append(']');
        }
        line.append(
                String.format(Locale.ROOT, " %d%%  %s of %s", (int) (share * 100), Text.size(done), Text.size(total)));
        double seconds = (nowNanoseconds - firstAtNanoseconds) / 1e9;
        double rate = seconds > 0 ? (done - firstBytes) / seconds : 0;
        if (rate >= 1) {
            line.append("  ").append(Text.size((long) rate)).append("/s");
            line.append("  ")
                    .append(Text.duration((long) ((total - done) / rate)))
                    .append(" left");
        }
    }
}
