package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Coordinator;
import dev.tidemark.coordinator.cli.client.LineFeed;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.evidence.BadEvidence;
import dev.tidemark.coordinator.evidence.Book;
import dev.tidemark.coordinator.evidence.LogRecord;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
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
        FileLines file = new FileLines(export);
        return new RecordSource(
                String.valueOf(export.getFileName()), () -> file.next(Json.RECORD_LENGTH_MAX), file::close);
    }

    /** A line that is no record: the ones behind it can be read all the same. */
    static final class NoRecord extends BadEvidence {
        private static final long serialVersionUID = 1L;

        private final String line;

        NoRecord(String line, String reason, Exception malformed) {
            super(line + " does not hold a record: " + reason, malformed);
            this.line = line;
        }

        String line() {
            return line;
        }
    }

    /** The next one, or null after the last. */
    @Nullable
    LogRecord next() throws IOException, BadEvidence {
        number++;
        try {
            String line = lines.next();
            return line == null ? null : Json.RECORDS.readValue(line, LogRecord.class);
        } catch (JacksonException malformed) {
            throw new NoRecord(place + ", line " + number, malformed.getOriginalMessage(), malformed);
        } catch (CharacterCodingException malformed) {
            throw new NoRecord(place + ", line " + number, "it is not UTF-8", malformed);
        } catch (FileLines.LineTooLong endless) {
            throw new NoRecord(place + ", line " + number, "it is longer than any record", endless);
        }
    }

    @Override
    public void close() throws IOException {
        closing.close();
    }
}
