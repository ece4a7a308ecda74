package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.evidence.Book;
import dev.tidemark.coordinator.evidence.EvidenceDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the records of a book and its heads are looked for. An export of the log has those of the other books beside it: {@code FILE},
 * {@code FILE.acts}, {@code FILE.tokens}, and to each {@code ….heads}.
 *
 * @param records the exported ones; null to ask the coordinator
 */
record BookFiles(@Nullable Path records, Path heads) {
    /**
     * For a book.
     *
     * @param export of the log; null for none
     * @param heads a file of the log's heads, or a directory with those of all books; null for those beside the export, else in the home
     */
    static BookFiles of(Book book, @Nullable Path export, @Nullable Path heads, EvidenceDirectory evidence) {
        Path records = export == null ? null : exported(book, export);
        return new BookFiles(records, heads(book, records, heads, evidence));
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
