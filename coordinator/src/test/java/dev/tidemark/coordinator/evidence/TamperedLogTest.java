package dev.tidemark.coordinator.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tidemark.coordinator.evidence.LogVerifier.Finding;
import dev.tidemark.coordinator.evidence.LogVerifier.Kind;
import dev.tidemark.coordinator.evidence.LogVerifier.Verdict;
import dev.tidemark.coordinator.evidence.Tampered.Manipulation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten thousand ways to change each book: each is found, and what is named is where it happened. */
class TamperedLogTest {
    private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime());
    /** Of each book. */
    private static final int MANIPULATIONS = Integer.getInteger("tidemark.manipulations", 10_000);

    private static final int RECORDS = 60;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void each_is_found_and_named(Book book) throws IOException, BadEvidence {
        System.out.println("tidemark.seed=" + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        WrittenLog log = new WrittenLog(book);
        try (HeadWriter writer = log.writer(directory)) {
            for (int count = 1; count <= RECORDS; count++) {
                log.append(book == Book.TOKENS ? "tokens" : "machine-" + random.nextInt(5), random);
                if (count % 7 == 0 || count == RECORDS) {
                    writer.sign();
                }
            }
        }
        List<LogHead> heads = WrittenLog.heads(directory, book);
        Verdict untouched = WrittenLog.verdict(log.records(), heads);
        assertThat(untouched.findings()).isEmpty();
        assertThat(untouched.sealedRecords()).isEqualTo(RECORDS);

        List<Manipulation> ways = List.of(Manipulation.values());
        Map<Manipulation, Integer> played = new EnumMap<>(Manipulation.class);
        for (int round = 0; round < MANIPULATIONS; round++) {
            Manipulation manipulation = ways.get(round % ways.size());
            Tampered tampered = Tampered.not(log.records());
            while (tampered.rows().equals(log.records())) {
                // Not every place can be manipulated in every way.
                tampered = Tampered.by(manipulation, log.records(), random.split());
            }
            played.merge(manipulation, 1, Integer::sum);
            Verdict verdict = WrittenLog.verdict(tampered.rows(), heads);
            assertThat(verdict.wrong())
                    .as("round %d of seed %d: %s at %d", round, SEED, manipulation, tampered.first())
                    .isPositive();
            Finding first = verdict.findings().getFirst();
            assertThat(tampered.first())
                    .as("round %d of seed %d: %s, told as %s", round, SEED, manipulation, first)
                    .isBetween(first.from(), first.upTo());
        }
        System.out.println(played);
        assertThat(played.keySet()).containsExactly(Manipulation.values());
        assertThat(played.values()).allMatch(count -> count > MANIPULATIONS / 20);
    }

    /** The twin: who believes the digests alone is told of nothing. */
    @Test
    void without_heads_nobody_finds_a_consistent_rewrite() throws IOException, BadEvidence {
        SplittableRandom random = new SplittableRandom(SEED);
        WrittenLog log = new WrittenLog();
        for (int count = 0; count < RECORDS; count++) {
            log.append("a", random);
        }
        Tampered rewritten = Tampered.by(Manipulation.REWRITE, log.records(), random);
        assertThat(rewritten.rows()).isNotEqualTo(log.records());
        assertThat(WrittenLog.verdict(rewritten.rows(), List.of()).findings()).isEmpty();
    }

    @Test
    void what_was_appended_after_the_newest_head_can_be_rewritten_and_the_verdict_says_how_much_that_is()
            throws IOException, BadEvidence {
        SplittableRandom random = new SplittableRandom(1);
        WrittenLog log = new WrittenLog();
        try (HeadWriter writer = log.writer(directory)) {
            log.append("a", random);
            log.append("a", random);
            writer.sign();
        }
        List<LogHead> heads = WrittenLog.heads(directory);
        log.append("a", random);
        List<LogRecord> rows = new ArrayList<>(log.records());
        rows.set(2, Tampered.edited(rows.get(2), 0));
        Tampered.rehash(rows, 2, 2);
        Verdict verdict = WrittenLog.verdict(rows, heads);
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.records()).isEqualTo(3);
        assertThat(verdict.sealedRecords()).isEqualTo(2);
    }

    @Test
    void several_wrong_records_are_told_one_by_one_and_the_ones_behind_them_are_not_blamed()
            throws IOException, BadEvidence {
        SplittableRandom random = new SplittableRandom(2);
        WrittenLog log = new WrittenLog();
        for (int count = 0; count < 20; count++) {
            log.append("a", random);
        }
        List<LogRecord> rows = new ArrayList<>(log.records());
        rows.set(4, Tampered.edited(rows.get(4), 0));
        rows.set(9, Tampered.edited(rows.get(9), 1));
        assertThat(WrittenLog.verdict(rows, List.of()).findings())
                .extracting(Finding::kind, Finding::from, Finding::upTo)
                .containsExactly(
                        tuple(
                                Kind.ALTERED,
                                rows.get(3).globalIndex(),
                                rows.get(4).globalIndex()),
                        tuple(
                                Kind.ALTERED,
                                rows.get(8).globalIndex(),
                                rows.get(9).globalIndex()));
    }
}
