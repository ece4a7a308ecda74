package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.evidence.BadEvidence;
import dev.tidemark.coordinator.evidence.Book;
import dev.tidemark.coordinator.evidence.EvidenceDirectory;
import dev.tidemark.coordinator.evidence.HeadFile;
import dev.tidemark.coordinator.evidence.LogRecord;
import dev.tidemark.schema.json.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code tidemark audit}: whether the log is what was written. It is checked here, record by record: a coordinator on a log that
 * somebody rewrote need not be believed.
 */
@Command(name = "audit", description = "Who did what, what auditors ask, and whether the log is what was written.")
final class AuditVerbs {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Session session;

    AuditVerbs(Session session) {
        this.session = session;
    }

    @Command(
            name = "query",
            description = {
                "Answers: acts, denied, deletions, restores, machine (--vm), backup (--backup), forced-fulls, unverified"
                        + " (--days), chain (--vm, --at). -o takes ndjson and csv, too: all rows, as they come.",
                "docs/audit.md tells the columns."
            })
    int query(
            @Parameters(index = "0", paramLabel = "QUESTION", description = "Which one.") String question,
            @Mixin AuditFilterOptions filter) {
        return new AuditAnswers(session).answer(question, filter);
    }

    @Command(
            name = "verify",
            description = {
                "Reads the log, the acts and the tokens, or an export of them, and compares them with the signed heads"
                        + " that lie outside of the database. Ends with 9 if one is not what was written, and names the"
                        + " first record that is wrong."
            })
    int verify(
            @Option(
                            names = "--heads",
                            paramLabel = "FILE",
                            description =
                                    "The signed heads, or their directory; those beside the export, else evidence in"
                                            + " the home.")
                    @Nullable
                    Path heads,
            @Option(
                            names = "--key",
                            paramLabel = "FILE",
                            description = "The public key; evidence/head-key.pub.pem in the home if not given.")
                    @Nullable
                    Path key,
            @Option(
                            names = "--syslog",
                            paramLabel = "FILE",
                            description = "A copy of the system log that was told of heads, to be believed instead of"
                                    + " their files; it need not have all of them.")
                    @Nullable
                    Path systemLog,
            @Option(names = "--export", paramLabel = "FILE", description = "Read this export, and ask nobody.")
                    @Nullable
                    Path export,
            @Option(
                            names = "--log-only",
                            description = "The log alone: heads that were copied away before acts and tokens were"
                                    + " signed, too, say nothing of these.")
                    boolean logOnly) {
        if (heads != null && systemLog != null) {
            throw Session.misuse("--heads and --syslog exclude each other");
        }
        EvidenceDirectory evidence = new EvidenceDirectory(session.home().resolve("evidence"));
        try {
            AuditVerification verification = AuditVerification.ofLog(
                    session,
                    book -> BookFiles.of(book, export, heads, evidence).believing(systemLog),
                    key == null ? evidence.publicKey() : key);
            for (Book book : logOnly ? List.<Book>of() : List.of(Book.ACTS, Book.TOKENS)) {
                verification.read(book);
            }
            return verification.tell();
        } catch (BadEvidence | IOException unusable) {
            throw bad(unusable);
        }
    }

    @Command(
            name = "export",
            description = {
                "Writes every record of the log as it is stored, a line of JSON each; beside it FILE.acts, FILE.tokens, and"
                        + " in ….heads what was signed until then; 'verify --export' reads them all."
            })
    int export(@Option(names = "--to", required = true, paramLabel = "FILE", description = "A new file.") Path to) {
        EvidenceDirectory evidence = new EvidenceDirectory(session.home().resolve("evidence"));
        List<Path> files = new ArrayList<>();
        for (Book book : Book.values()) {
            files.add(BookFiles.exported(book, to));
            files.add(BookFiles.headsBeside(BookFiles.exported(book, to)));
        }
        if (files.stream().anyMatch(Files::exists)) {
            throw Session.misuse(to + " is there already, or its heads are");
        }
        ObjectNode document = Json.MAPPER.createObjectNode().put("file", to.toString());
        try {
            for (Book book : Book.values()) {
                long written = export(book, BookFiles.exported(book, to), evidence.heads(book));
                document.put(book == Book.LOG ? "records" : book.word(), written);
            }
        } catch (BadEvidence | IOException | RuntimeException failure) {
            throw incomplete(files, failure);
        }
        return session.print(document, AuditPages.exported(document));
    }

    private long export(Book book, Path to, Path heads) throws IOException, BadEvidence {
        // The heads first: what is signed while the records are written would be of records that are not in the file.
        new HeadFile(heads, book).copyTo(BookFiles.headsBeside(to));
        Files.createFile(to, OWNER_ONLY);
        long written = 0;
        try (BufferedWriter file = Files.newBufferedWriter(to, StandardCharsets.UTF_8);
                RecordSource records = RecordSource.of(session.coordinator(), book)) {
            for (LogRecord row = records.next(); row != null; row = records.next()) {
                file.write(Json.MAPPER.writeValueAsString(row));
                file.write('\n');
                written++;
            }
        }
        return written;
    }

    /** A part of a log would look like a log that was cut off. */
    private static RuntimeException incomplete(List<Path> files, Exception failure) {
        RuntimeException shown = failure instanceof RuntimeException unchecked ? unchecked : bad(failure);
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException stays) {
                shown.addSuppressed(stays);
            }
        }
        return shown;
    }

    private static Failure bad(Exception failure) {
        Failure shown = Failure.local(
                ExitCode.FAILED,
                "EVIDENCE_UNUSABLE",
                said(failure),
                failure instanceof FileSystemException
                        ? "an export is all of its files: FILE, FILE.acts, FILE.tokens, and the heads beside each, in a directory"
                                + " that is there"
                        : "the coordinator keeps heads and key in 'evidence' in its home; give copies with --heads and"
                                + " --key");
        shown.initCause(failure);
        return shown;
    }

    /** Of a file that is not there or not open to us, Java says its name and nothing else. */
    private static String said(Exception failure) {
        return switch (failure) {
            case BadEvidence unusable -> String.valueOf(unusable.getMessage());
            case NoSuchFileException missing -> missing.getFile() + " is not there, or cannot be made there";
            case AccessDeniedException closed -> closed.getFile() + " is not open to this user";
            default -> failure.getClass().getSimpleName() + ": " + failure.getMessage();
        };
    }
}
