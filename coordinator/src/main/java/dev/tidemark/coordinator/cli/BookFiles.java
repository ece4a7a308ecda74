package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.evidence.BadEvidence;
import dev.tidemark.coordinator.evidence.Book;
import dev.tidemark.coordinator.evidence.EvidenceDirectory;
import dev.tidemark.coordinator.evidence.HeadFile;
import dev.tidemark.coordinator.evidence.HeadSource;
import dev.tidemark.coordinator.evidence.LoggedHeads;
import dev.tidemark.coordinator.evidence.VerificationKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the records of a book and its heads are looked for. An export of the log has those of the other books beside it: {@code FILE},
 * {@code FILE.acts}, {@code FILE.tokens}, and to each {@code ….heads}.
 *
 * @param records the exported ones; null to ask the coordinator
 * @param heads the first part of them
 * @param systemLog a copy of one that was told of heads, to be believed instead; null for none
 */
record BookFiles(
        @Nullable Path records, Path heads, @Nullable Path systemLog) {
    /**
     * For a book.
     *
     * @param export of the log; null for none
     * @param heads a file of the log's heads, or a directory with those of all books; null for those beside the export, else in the home
     */
    static BookFiles of(Book book, @Nullable Path export, @Nullable Path heads, EvidenceDirectory evidence) {
        Path records = export == null ? null : exported(book, export);
        return new BookFiles(records, heads(book, records, heads, evidence), null);
    }

    /** The same, with heads from that copy of a system log. */
    BookFiles believing(@Nullable Path log) {
        return new BookFiles(records, heads, log);
    }

    /** Whether there is any head. */
    boolean areSigned(Book book) throws IOException {
        return systemLog == null ? Files.exists(heads) : LoggedHeads.isAny(systemLog, book);
    }

    HeadSource signed(Book book, VerificationKey key) throws IOException, BadEvidence {
        return systemLog == null ? new HeadFile(heads, book).read(key) : new LoggedHeads(systemLog, book, key);
    }

    /** @throws BadEvidence if there is none */
    void requireSigned(Book book) throws IOException, BadEvidence {
        if (!areSigned(book)) {
            throw new BadEvidence(
                    systemLog == null
                            ? "there is no head: " + heads + " is not there; "
                                    + (book == Book.LOG
                                            ? "a coordinator signs the first one within a minute of its first record"
                                            : "heads from before the " + book.word()
                                                    + " were signed, too, vouch for the"
                                                    + " log alone: ask for that with --log-only")
                            : "there is no head of the " + book.word() + " in " + systemLog,
                    null);
        }
    }

    static Path exported(Book book, Path export) {
        return book == Book.LOG ? export : export.resolveSibling(export.getFileName() + "." + book.word());
    }

    static Path headsBeside(Path records) {
        return records.resolveSibling(records.getFileName() + ".heads");
    }

    private static Path heads(Book book, @Nullable Path records, @Nullable Path given, EvidenceDirectory evidence) {
        if (given != null) {
            return Files.isDirectory(given)
                    ? given.resolve(book.headsFile())
                    : book == Book.LOG ? given : given.resolveSibling(book.headsFile());
        }
        return records != null && Files.exists(headsBeside(records)) ? headsBeside(records) : evidence.heads(book);
    }
}
