package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.evidence.BadEvidence;
import dev.tidemark.coordinator.evidence.HeadFile;
import dev.tidemark.coordinator.evidence.LogHead;
import dev.tidemark.coordinator.evidence.LogRecord;
import dev.tidemark.coordinator.evidence.LogVerifier;
import dev.tidemark.coordinator.evidence.VerificationKey;
import dev.tidemark.schema.json.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
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
                            description = "The signed heads; evidence/heads.ndjson in the home if not given.")
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
        Path evidence = session.home().resolve("evidence");
        Path headFile = heads == null ? evidence.resolve("heads.ndjson") : heads;
        try {
            VerificationKey trusted = VerificationKey.read(key == null ? evidence.resolve("head-key.pub.pem") : key);
            List<LogHead> signed = new HeadFile(headFile).read(trusted);
            if (signed.isEmpty()) {
                throw new BadEvidence("there is no head in " + headFile, null);
            }
            LogVerifier verifier = new LogVerifier(signed);
            try (RecordSource records = source(export)) {
                records.forEach(verifier::accept);
            }
            JsonNode document = Json.MAPPER.valueToTree(verifier.verdict());
            session.print(document, AuditPages.verdict(document));
            return document.path("wrong").asLong(0) == 0 ? ExitCode.OK.number() : ExitCode.TAMPERED.number();
        } catch (BadEvidence | IOException unusable) {
            throw bad(unusable);
        }
    }

    @Command(
            name = "export",
            description = "Writes every record as it is stored, a line of JSON each; 'verify --export' reads that.")
    int export(@Option(names = "--to", required = true, paramLabel = "FILE", description = "A new file.") Path to) {
        long written = 0;
        try (BufferedWriter file = Files.newBufferedWriter(to, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
                RecordSource records = source(null)) {
            for (LogRecord row = records.next(); row != null; row = records.next()) {
                file.write(Json.MAPPER.writeValueAsString(row));
                file.write('\n');
                written++;
            }
        } catch (BadEvidence | IOException failure) {
            throw bad(failure);
        }
        JsonNode document =
                Json.MAPPER.createObjectNode().put("file", to.toString()).put("records", written);
        return session.print(document, AuditPages.exported(document));
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
