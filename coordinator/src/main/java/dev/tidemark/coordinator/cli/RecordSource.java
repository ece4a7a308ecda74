package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Coordinator;
import dev.tidemark.coordinator.cli.client.LineFeed;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.evidence.BadEvidence;
import dev.tidemark.coordinator.evidence.Book;
import dev.tidemark.coordinator.evidence.LogRecord;
import dev.tidemark.schema.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** The records of a book one by one, from a coordinator or from an export; never more than one of them at a time. */
final class RecordSource implements AutoCloseable {
    private final String place;
    private final Lines lines;
    private final Closing closing;
    private long number;

    private RecordSource(String place, Lines lines, Closing closing) {
        this.place = place;
        this.lines = lines;
        this.closing = closing;
    }

    private interface Lines {
        @Nullable
        String next() throws IOException;
    }

    private interface Closing {
        void close() throws IOException;
    }

    static RecordSource of(Coordinator coordinator, Book book) {
        LineFeed feed = coordinator.lines(RequestPath.v1("audit", "export").with("book", book.word()));
        return new RecordSource("the coordinator's answer", feed::next, feed::close);
    }

    static RecordSource of(Path export) throws IOException {
        BufferedReader reader = Files.newBufferedReader(export, StandardCharsets.UTF_8);
        return new RecordSource(export.toString(), reader::readLine, reader::close);
    }

    /** The next one, or null after the last. */
    @Nullable
    LogRecord next() throws IOException, BadEvidence {
        String line = lines.next();
        number++;
        if (line == null) {
            return null;
        }
        try {
            return Json.RECORDS.readValue(line, LogRecord.class);
        } catch (JacksonException malformed) {
            throw new BadEvidence(
                    place + ", line " + number + " does not hold a record: " + malformed.getOriginalMessage(),
                    malformed);
        }
    }

    @Override
    public void close() throws IOException {
        closing.close();
    }
}
