package dev.tidemark.coordinator.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log held against what a system log kept of its heads: not all of them, among other lines, behind dates and names. */
@SuppressWarnings("NullAway.Init")
class LoggedHeadsTest {
    private static final int HEADS = 6;
    private static final String PREFIX = "Nov 22 12:00:00 hv1 tidemark-heads[77]: ";

    private final SplittableRandom random = new SplittableRandom(5);
    private final WrittenLog log = new WrittenLog();
    private final List<String> told = new ArrayList<>();

    @TempDir
    private Path directory;

    private Path kept;

    @BeforeEach
    void sixHeadsThatWereTold() throws IOException, BadEvidence {
        kept = directory.resolve("auth.log");
        try (HeadWriter writer = log.writer(directory, told::add)) {
            for (int head = 0; head < HEADS; head++) {
                log.append("a", random);
                log.append("b", random);
                writer.sign();
            }
        }
        assertThat(told).isEqualTo(Files.readAllLines(WrittenLog.headsFile(directory)));
    }

    @Test
    void a_few_of_them_are_enough() throws IOException, BadEvidence {
        keep("Nov 22 11:59:00 hv1 sshd[9]: hello", told.get(1), told.get(1), "x {\"format\":\"other\"}", told.get(5));
        LogVerifier.Verdict verdict = verdict(log.records());
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.heads()).isEqualTo(2);
        assertThat(verdict.sealedRecords()).isEqualTo(2 * HEADS);
        assertThat(LoggedHeads.isAny(kept, Book.LOG)).isTrue();
        assertThat(LoggedHeads.isAny(kept, Book.ACTS)).isFalse();
    }

    @Test
    void a_log_that_was_rewritten_with_all_its_digests_and_its_file_of_heads_is_found()
            throws IOException, BadEvidence {
        keep(told.get(3));
        WrittenLog other = new WrittenLog();
        for (int count = 0; count < 4 * HEADS; count++) {
            other.append("a", random);
        }
        assertThat(verdict(other.records()).wrong()).isPositive();
        assertThat(verdict(log.records().subList(0, 3)).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.kind()).isEqualTo(LogVerifier.Kind.TRUNCATED));
    }

    @Test
    void what_somebody_else_wrote_into_it_is_named() throws IOException {
        keep(told.get(0), told.get(1).replace("\"records\":4", "\"records\":5"));
        assertThatThrownBy(() -> verdict(log.records()))
                .isInstanceOf(BadEvidence.class)
                .hasMessageContainingAll("line 2", "signature");
    }

    @Test
    void heads_in_another_order_are_refused() throws IOException {
        keep(told.get(4), told.get(2));
        assertThatThrownBy(() -> verdict(log.records()))
                .isInstanceOf(BadEvidence.class)
                .hasMessageContainingAll("line 2", "head 3", "comes after head 5");
    }

    @Test
    void of_heads_that_nobody_took_the_newest_is_told_again() throws IOException, BadEvidence {
        List<String> heard = new ArrayList<>();
        boolean[] deaf = {true};
        try (HeadWriter writer = log.writer(directory, line -> {
            if (deaf[0]) {
                throw new IOException("nobody took it");
            }
            heard.add(line);
        })) {
            for (int head = 0; head < 2; head++) {
                log.append("a", random);
                writer.sign();
            }
            assertThat(heard).isEmpty();
            deaf[0] = false;
            writer.sign();
        }
        assertThat(heard)
                .containsExactly(
                        Files.readAllLines(WrittenLog.headsFile(directory)).getLast());
    }

    private void keep(String... lines) throws IOException {
        Files.write(
                kept,
                List.of(lines).stream()
                        .map(line -> line.startsWith("{") ? PREFIX + line : line)
                        .toList());
    }

    private LogVerifier.Verdict verdict(List<LogRecord> rows) throws IOException, BadEvidence {
        VerificationKey key = VerificationKey.read(new EvidenceDirectory(directory).publicKey());
        try (HeadSource heads = new LoggedHeads(kept, Book.LOG, key)) {
            LogVerifier verifier = new LogVerifier(heads);
            for (LogRecord row : rows) {
                verifier.accept(row);
            }
            return verifier.verdict();
        }
    }
}
