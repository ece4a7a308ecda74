package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.evidence.BadEvidence;
import dev.tidemark.coordinator.evidence.Book;
import dev.tidemark.coordinator.evidence.HeadSource;
import dev.tidemark.coordinator.evidence.LogRecord;
import dev.tidemark.coordinator.evidence.LogVerifier;
import dev.tidemark.coordinator.evidence.VerificationKey;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The log and the books beside it, each held record by record against what was signed of it, and what was found in all of them. */
final class AuditVerification {
    /** Within so long the first record of a book is signed. */
    private static final Duration FIRST_HEAD_WAIT = Duration.ofMinutes(2);

    private final Session session;
    private final Places places;
    private final VerificationKey trusted;
    private final ObjectNode document = Json.MAPPER.createObjectNode();
    private @Nullable BadEvidence unheld;
    private long wrong;

    /** Where a book and its heads are. */
    @FunctionalInterface
    interface Places {
        BookFiles of(Book book);
    }

    private AuditVerification(Session session, Places places, VerificationKey trusted) {
        this.session = session;
        this.places = places;
        this.trusted = trusted;
    }

    static AuditVerification ofLog(Session session, Places places, Path key) throws IOException, BadEvidence {
        BookFiles log = places.of(Book.LOG);
        log.requireSigned(Book.LOG);
        AuditVerification verification = new AuditVerification(session, places, VerificationKey.read(key));
        verification.document.setAll(verification.verdict(Book.LOG, log));
        return verification;
    }

    /**
     * One that cannot be held against anything ends the verification only if nothing was found in the others. An export without it is such
     * a one: whoever takes a book away with its heads must not be told that all is well.
     */
    void read(Book book) throws IOException {
        BookFiles files = places.of(book);
        if (files.records() != null && !Files.exists(files.records())) {
            unheld(new BadEvidence(
                    files.records() + " is not there; exports from before the " + book.word()
                            + " were in them vouch for the log alone: ask for that with --log-only",
                    null));
            return;
        }
        try {
            document.set(book.word(), verdict(book, files));
        } catch (BadEvidence missing) {
            unheld(missing);
        }
    }

    private void unheld(BadEvidence missing) {
        unheld = unheld == null ? missing : unheld;
    }

    /** Prints it; gives how the command ends. */
    int tell() throws BadEvidence {
        BadEvidence missing = unheld;
        if (missing != null && wrong == 0) {
            throw missing;
        }
        if (missing != null) {
            // What was found in one book is told, also if another cannot be held against anything.
            session.output().printError(String.valueOf(missing.getMessage()), "");
        }
        session.print(document, AuditPages.verdict(document));
        return wrong == 0 ? ExitCode.OK.number() : ExitCode.TAMPERED.number();
    }

    /**
     * Without a head a book is believed as long as it is empty; the acts and tokens also before the first one is due. The heads are opened
     * before the records: what is signed meanwhile is of records that may not be read any more.
     */
    private ObjectNode verdict(Book book, BookFiles files) throws IOException, BadEvidence {
        try (HeadSource signed = files.signed(book, trusted);
                RecordSource records = source(files, book)) {
            LogVerifier verifier = new LogVerifier(signed);
            LogRecord row = next(records, files, verifier);
            if (row != null && (book == Book.LOG || isLongAgo(row.timeStamp()))) {
                files.requireSigned(book);
            }
            for (; row != null; row = next(records, files, verifier)) {
                verifier.accept(row);
            }
            ObjectNode verdict = Json.MAPPER.valueToTree(verifier.verdict());
            wrong += verdict.path("wrong").asLong(0);
            return verdict;
        }
    }

    private RecordSource source(BookFiles files, Book book) throws IOException {
        Path records = files.records();
        return records == null ? RecordSource.of(session.coordinator(), book) : RecordSource.of(records);
    }

    /** In an export a line that is no record is a finding; a coordinator that answers with one cannot be audited. */
    private static @Nullable LogRecord next(RecordSource records, BookFiles files, LogVerifier verifier)
            throws IOException, BadEvidence {
        while (true) {
            try {
                return records.next();
            } catch (RecordSource.NoRecord none) {
                if (files.records() == null) {
                    throw none;
                }
                verifier.acceptUnreadable(none.line());
            }
        }
    }

    private static boolean isLongAgo(String moment) {
        try {
            return Instant.parse(moment).isBefore(Instant.now().minus(FIRST_HEAD_WAIT));
        } catch (DateTimeException forged) {
            return true;
        }
    }
}
