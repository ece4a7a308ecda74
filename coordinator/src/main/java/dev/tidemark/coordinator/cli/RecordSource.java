package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Coordinator;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.evidence.BadEvidence;
import dev.tidemark.coordinator.evidence.LogRecord;
import dev.tidemark.schema.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The records of a log one by one, from a coordinator or from an export; never more than a page of them at a time. */
interface RecordSource extends AutoCloseable {
    /** The next one, or null after the last. */
    @Nullable
    LogRecord next() throws IOException, BadEvidence;

    @Override
    void close() throws IOException;

    static RecordSource of(Coordinator coordinator) {
        return new Pages(coordinator);
    }

    static RecordSource of(Path export) throws IOException {
        return new Lines(export, Files.newBufferedReader(export, StandardCharsets.UTF_8));
    }

    /** What a coordinator answers. */
    final class Pages implements RecordSource {
        private static final int PAGE_LENGTH = 200;

        private final Coordinator coordinator;
        private final Deque<LogRecord> page = new ArrayDeque<>();
        private long after;

        private Pages(Coordinator coordinator) {
            this.coordinator = coordinator;
        }

        @Override
        public @Nullable LogRecord next() throws BadEvidence {
            if (page.isEmpty()) {
                JsonNode answer = coordinator.get(RequestPath.v1("audit", "records")
                        .with("after", Long.toString(after))
                        .with("limit", Integer.toString(PAGE_LENGTH)));
                List<JsonNode> rows = Cell.list(answer, "records");
                for (JsonNode row : rows) {
                    page.add(read(row.toString(), "the coordinator's answer after record " + after));
                }
                if (!page.isEmpty() && page.getLast().globalIndex() <= after) {
                    throw new BadEvidence("the coordinator goes round in circles after record " + after, null);
                }
                after = page.isEmpty() ? after : page.getLast().globalIndex();
            }
            return page.poll();
        }

        @Override
        public void close() {
            page.clear();
        }
    }

    /** What {@code audit export} wrote. */
    final class Lines implements RecordSource {
        private final Path file;
        private final BufferedReader reader;
        private long number;

        private Lines(Path file, BufferedReader reader) {
            this.file = file;
            this.reader = reader;
        }

        @Override
        public @Nullable LogRecord next() throws IOException, BadEvidence {
            String line = reader.readLine();
            number++;
            return line == null ? null : read(line, file + ", line " + number);
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    private static LogRecord read(String json, String place) throws BadEvidence {
        try {
            return Json.MAPPER.readValue(json, LogRecord.class);
        } catch (JacksonException malformed) {
            throw new BadEvidence(place + " does not hold a record: " + malformed.getOriginalMessage(), malformed);
        }
    }
}
