package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.evidence.BadEvidence;
import dev.tidemark.coordinator.evidence.EvidenceDirectory;
import dev.tidemark.coordinator.evidence.HeadFile;
import dev.tidemark.coordinator.evidence.HeadSource;
import dev.tidemark.coordinator.evidence.LogRecord;
import dev.tidemark.coordinator.evidence.LogVerifier;
import dev.tidemark.coordinator.evidence.VerificationKey;
import dev.tidemark.schema.json.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/**
 * {@code tidemark audit}: whether the log is what was written. It is checked here, record by record: a coordinator on a log that
 * somebody rewrote need not be believed.
 */
@Command(name = "audit", description = "The log as it is stored, and whether it is what was written.")
final class AuditVerbs {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Session session;

    AuditVerbs(Session session) {
        this.session = session;
    }

    @Command(
            name = "verify",
            description = {
                "Reads the whole log, or an export of it, and compares it with the signed heads that lie outside of the"
                        + " database. Ends with 9 if it is not what was written, and names the first record that is wrong."
            })
    int verify(
            @Option(
                            names = "--heads",
                            paramLabel = "FILE",
                            description =
                                    "The signed heads; those beside the export, else evidence/heads.ndjson in the home.")
                    @Nullable
                    Path heads,
            @Option(
                            names = "--key",
                            paramLabel = "FILE",
                            description = "The public key; evidence/head-key.pub.pem in the home if not given.")
                    @Nullable
                    Path key,
            @Option(names = "--export", paramLabel = "FILE", description = "Read this export, and ask nobody.")
                    @Nullable
                    Path export) {
        EvidenceDirectory evidence = new EvidenceDirectory(session.home().resolve("evidence"));
        Path headFile = heads == null ? headsFor(export, evidence) : heads;
        try {
            if (!Files.exists(headFile)) {
                throw new BadEvidence(
                        "there is no head: " + headFile + " is not there; a coordinator signs the first one within a"
                                + " minute of its first record",
                        null);
            }
            VerificationKey trusted = VerificationKey.read(key == null ? evidence.publicKey() : key);
            JsonNode document;
            try (HeadSource signed = new HeadFile(headFile).read(trusted);
                    RecordSource records = source(export)) {
                LogVerifier verifier = new LogVerifier(signed);
                for (LogRecord row = records.next(); row != null; row = records.next()) {
                    verifier.accept(row);
                }
                document = Json.MAPPER.valueToTree(verifier.verdict());
            }
            session.print(document, AuditPages.verdict(document));
            return document.path("wrong").asLong(0) == 0 ? ExitCode.OK.number() : ExitCode.TAMPERED.number();
        } catch (BadEvidence | IOException unusable) {
            throw bad(unusable);
        }
    }

    @Command(
            name = "export",
            description = {
                "Writes every record as it is stored, a line of JSON each, and beside it in FILE.heads what was signed until then;"
                        + " 'verify --export' reads both."
            })
    int export(@Option(names = "--to", required = true, paramLabel = "FILE", description = "A new file.") Path to) {
        EvidenceDirectory evidence = new EvidenceDirectory(session.home().resolve("evidence"));
        if (Files.exists(to) || Files.exists(beside(to))) {
            throw Session.misuse(to + " is there already, or its heads are");
        }
        long written = 0;
        try {
            // The heads first: what is signed while the records are written would be of records that are not in the
            // file.
            if (Files.exists(evidence.heads())) {
                Files.copy(evidence.heads(), beside(to));
            }
            Files.createFile(to, OWNER_ONLY);
            try (BufferedWriter file = Files.newBufferedWriter(to, StandardCharsets.UTF_8);
                    RecordSource records = source(null)) {
                for (LogRecord row = records.next(); row != null; row = records.next()) {
                    file.write(Json.MAPPER.writeValueAsString(row));
                    file.write('\n');
                    written++;
                }
            }
        } catch (BadEvidence | IOException | RuntimeException failure) {
            throw incomplete(to, failure);
        }
        JsonNode document =
                Json.MAPPER.createObjectNode().put("file", to.toString()).put("records", written);
        return session.print(document, AuditPages.exported(document));
    }

    private static Path beside(Path export) {
        return export.resolveSibling(export.getFileName() + ".heads");
    }

    private static Path headsFor(@Nullable Path export, EvidenceDirectory evidence) {
        return export != null && Files.exists(beside(export)) ? beside(export) : evidence.heads();
    }

    /** A part of a log would look like a log that was cut off. */
    private static RuntimeException incomplete(Path to, Exception failure) {
        RuntimeException shown = failure instanceof RuntimeException unchecked ? unchecked : bad(failure);
        for (Path file : List.of(to, beside(to))) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException stays) {
                shown.addSuppressed(stays);
            }
        }
        return shown;
    }

    private RecordSource source(@Nullable Path export) throws IOException {
        return export == null ? RecordSource.of(session.coordinator()) : RecordSource.of(export);
    }

    private static Failure bad(Exception failure) {
        String message = failure instanceof BadEvidence
                ? String.valueOf(failure.getMessage())
                : failure.getClass().getSimpleName() + ": " + failure.getMessage();
        Failure shown = Failure.local(
                ExitCode.FAILED,
                "EVIDENCE_UNUSABLE",
                message,
                "the coordinator keeps heads and key in 'evidence' in its home; give copies with --heads and --key");
        shown.initCause(failure);
        return shown;
    }
}
