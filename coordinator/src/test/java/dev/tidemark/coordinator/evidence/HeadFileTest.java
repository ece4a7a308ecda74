package dev.tidemark.coordinator.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.tidemark.coordinator.testkit.TemporaryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Heads that were changed, taken out, signed by somebody else, torn; and a writer that is started again. */
@SuppressWarnings("NullAway.Init")
class HeadFileTest {
    private static final int HEADS = 5;

    private final SplittableRandom random = new SplittableRandom(3);
    private final WrittenLog log = new WrittenLog();

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void fiveHeads() throws IOException, BadEvidence {
        try (HeadWriter writer = log.writer(directory)) {
            for (int head = 0; head < HEADS; head++) {
                log.append("a", random);
                log.append("b", random);
                writer.sign();
            }
        }
        file = WrittenLog.headsFile(directory);
    }

    private void rewrite(UnaryOperator<List<String>> change) throws IOException {
        Files.write(file, change.apply(new ArrayList<>(Files.readAllLines(file))));
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(() -> WrittenLog.heads(directory))
                .isInstanceOf(BadEvidence.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void nothing_new_is_nothing_to_sign() throws IOException, BadEvidence {
        assertThat(WrittenLog.heads(directory)).hasSize(HEADS).last().satisfies(head -> {
            assertThat(head.records()).isEqualTo(2 * HEADS);
            assertThat(head.number()).isEqualTo(HEADS);
        });
    }

    @Test
    void a_long_log_that_was_never_signed_gets_more_than_one_head() throws IOException, BadEvidence {
        WrittenLog grown = new WrittenLog();
        for (int count = 0; count < 2_500; count++) {
            grown.append("c", random);
        }
        Path other = Files.createDirectory(directory.resolve("other"));
        signed(grown, other);
        assertThat(WrittenLog.heads(other)).extracting(LogHead::records).containsExactly(1_000L, 2_000L, 2_500L);
    }

    @Test
    void the_private_key_is_for_its_owner_alone() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("head-key.pem"))))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(directory.resolve("head-key.pem"), PosixFilePermissions.fromString("rw-r--r--"));
        assertNotSigned("others");
    }

    @Test
    void a_key_that_does_not_belong_to_the_other_half_signs_nothing() throws IOException, BadEvidence {
        Path other = Files.createDirectory(directory.resolve("other"));
        signed(log, other);
        Files.copy(
                other.resolve("head-key.pub.pem"),
                directory.resolve("head-key.pub.pem"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertNotSigned("do not belong together");
    }

    @Test
    void a_changed_number_is_found_by_the_signature() throws IOException {
        rewrite(lines -> {
            lines.set(HEADS - 1, lines.getLast().replace("\"records\":10", "\"records\":11"));
            return lines;
        });
        assertRefused("head 5", "signature");
    }

    @Test
    void a_head_taken_out_of_the_middle_is_found() throws IOException {
        rewrite(lines -> {
            lines.remove(2);
            return lines;
        });
        assertRefused("line 3", "head 4 does not follow on head 2");
    }

    @Test
    void two_heads_that_changed_places_are_found() throws IOException {
        rewrite(lines -> {
            Collections.swap(lines, 1, 2);
            return lines;
        });
        assertRefused("does not follow on");
    }

    @Test
    void heads_without_their_beginning_are_found() throws IOException {
        rewrite(lines -> lines.subList(1, lines.size()));
        assertRefused("line 1", "head 2 does not follow on nothing");
    }

    @Test
    void heads_signed_by_somebody_else_are_found() throws IOException, BadEvidence {
        Path other = Files.createDirectory(directory.resolve("other"));
        signed(log, other);
        Files.copy(WrittenLog.headsFile(other), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertRefused("key ", "the one given is");
    }

    @Test
    void a_line_made_unreadable_in_the_middle_is_no_way_to_take_it_out() throws IOException {
        rewrite(lines -> {
            lines.set(2, "x" + lines.get(2));
            return lines;
        });
        assertRefused("line 4", "head 4 does not follow on head 2");
    }

    @Test
    void a_file_without_any_head_is_no_file_of_heads() throws IOException {
        Files.writeString(file, "hello\n");
        assertRefused("holds no head");
    }

    @Test
    void a_line_torn_by_a_crash_is_passed_over_and_the_next_head_goes_into_a_line_of_its_own()
            throws IOException, BadEvidence {
        String last = Files.readAllLines(file).getLast();
        Files.writeString(file, last.substring(0, last.length() / 2), StandardOpenOption.APPEND);
        log.append("a", random);
        signed(log, directory);
        assertThat(WrittenLog.heads(directory)).hasSize(HEADS + 1);
        assertThat(Files.readAllLines(file)).hasSize(HEADS + 2);
    }

    @Test
    void a_writer_that_is_started_again_goes_on_where_the_last_one_ended() throws IOException, BadEvidence {
        log.append("a", random);
        signed(log, directory);
        List<LogHead> heads = WrittenLog.heads(directory);
        assertThat(heads).extracting(LogHead::number).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(WrittenLog.verdict(log.records(), heads).findings()).isEmpty();
    }

    @Test
    void a_writer_signs_nothing_on_a_log_that_is_not_the_one_that_was_signed() throws IOException, BadEvidence {
        List<String> before = Files.readAllLines(file);
        WrittenLog other = new WrittenLog();
        for (int count = 0; count < 4 * HEADS; count++) {
            other.append("a", random);
        }
        try (HeadWriter writer = other.writer(directory)) {
            for (int turn = 0; turn < 3; turn++) {
                // Not only at the first turn: an error that is followed by silence looks mended.
                assertThatThrownBy(writer::sign)
                        .isInstanceOf(BadEvidence.class)
                        .hasMessageContainingAll("it is not the log that head 1", "audit verify");
            }
        }
        assertThat(Files.readAllLines(file)).isEqualTo(before);
    }

    @Test
    void a_writer_signs_nothing_on_a_log_that_has_become_shorter() throws IOException, BadEvidence {
        WrittenLog empty = new WrittenLog();
        try (HeadWriter writer = empty.writer(directory)) {
            assertThatThrownBy(writer::sign)
                    .isInstanceOf(BadEvidence.class)
                    .hasMessageContaining("it is not the log that head 1");
        }
    }

    @Test
    void of_two_writers_with_one_home_one_signs_and_the_other_takes_over_when_it_has_ended()
            throws IOException, BadEvidence {
        try (HeadWriter second = log.writer(directory)) {
            try (HeadWriter first = log.writer(directory)) {
                log.append("a", random);
                first.sign();
                log.append("a", random);
                second.sign();
                assertThat(WrittenLog.heads(directory)).hasSize(HEADS + 1);
            }
            second.sign();
            log.append("b", random);
            second.sign();
        }
        List<LogHead> heads = WrittenLog.heads(directory);
        assertThat(heads).hasSize(HEADS + 3);
        assertThat(WrittenLog.verdict(log.records(), heads).findings()).isEmpty();
    }

    @Test
    void a_head_that_is_there_after_all_though_its_writing_failed_is_not_written_a_second_time()
            throws IOException, BadEvidence {
        Path kept = directory.resolve("kept");
        try (HeadWriter writer = log.writer(directory)) {
            // given a file that cannot be appended to, as on a full disk
            log.append("a", random);
            writer.sign();
            Files.move(file, kept);
            Files.createDirectory(file);
            log.append("a", random);
            assertThatThrownBy(writer::sign).isInstanceOf(IOException.class);

            // when the line of that very head turns out to be there
            Path other = Files.createDirectory(directory.resolve("other"));
            Files.copy(directory.resolve("head-key.pem"), other.resolve("head-key.pem"));
            Files.copy(directory.resolve("head-key.pub.pem"), other.resolve("head-key.pub.pem"));
            Files.copy(kept, other.resolve("heads.ndjson"));
            signed(log, other);
            Files.delete(file);
            Files.move(other.resolve("heads.ndjson"), file);

            // then the next one follows on it
            writer.sign();
            log.append("a", random);
            writer.sign();
        }
        assertThat(WrittenLog.heads(directory)).hasSize(HEADS + 3);
    }

    @Test
    void a_key_that_is_gone_is_not_replaced_while_heads_that_it_signed_are_there() throws IOException {
        byte[] before = Files.readAllBytes(directory.resolve("head-key.pub.pem"));
        Files.delete(directory.resolve("head-key.pem"));
        assertNotSigned("is gone");
        assertThat(Files.readAllBytes(directory.resolve("head-key.pub.pem"))).isEqualTo(before);
    }

    @Test
    void a_head_that_is_appended_while_the_heads_are_read_is_left_to_the_next_reader() throws IOException, BadEvidence {
        // given somebody who has begun to read the heads, and knows the records that there are
        HeadFile heads = new HeadFile(file);
        List<LogRecord> records = log.records();
        VerificationKey key = VerificationKey.read(new EvidenceDirectory(directory).publicKey());
        try (HeadSource source = heads.read(key)) {
            // when more is written, and signed, before he has come to any of them
            log.append("a", random);
            signed(log, directory);
            LogVerifier verifier = new LogVerifier(source);
            for (LogRecord row : records) {
                verifier.accept(row);
            }
            // then the log was not cut off: it has grown
            assertThat(verifier.verdict().findings()).isEmpty();
        }
        assertThat(WrittenLog.heads(directory)).hasSize(HEADS + 1);
    }

    /** Five heads of which each needs a part of its own. */
    private HeadFile parts(Path where) throws IOException, BadEvidence {
        HeadFile parts = new HeadFile(where.resolve("heads.ndjson"), Book.LOG, 1);
        for (LogHead head : WrittenLog.heads(directory)) {
            parts.append(head);
        }
        return parts;
    }

    @Test
    void heads_go_on_in_the_next_part_when_one_is_long_enough_and_are_read_in_order() throws IOException, BadEvidence {
        Path where = Files.createDirectory(directory.resolve("parts"));
        HeadFile parts = parts(where);
        try (Stream<Path> files = Files.list(where)) {
            assertThat(files.map(part -> part.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "heads.ndjson", "heads.2.ndjson", "heads.3.ndjson", "heads.4.ndjson", "heads.5.ndjson");
        }
        assertThat(read(parts)).isEqualTo(WrittenLog.heads(directory));
        // and a copy of all of them in one file says the same
        parts.copyTo(where.resolve("copy"));
        assertThat(read(new HeadFile(where.resolve("copy")))).isEqualTo(WrittenLog.heads(directory));
        // and a writer that is started again goes on in the newest of them
        Files.copy(directory.resolve("head-key.pem"), where.resolve("head-key.pem"));
        Files.copy(directory.resolve("head-key.pub.pem"), where.resolve("head-key.pub.pem"));
        log.append("a", random);
        signed(log, where);
        assertThat(WrittenLog.heads(where)).hasSize(HEADS + 1);
        assertThat(Files.readAllLines(where.resolve("heads.5.ndjson"))).hasSize(2);
    }

    @Test
    void a_part_that_is_missing_is_named() throws IOException, BadEvidence {
        for (String missing : List.of("heads.ndjson", "heads.3.ndjson")) {
            Path where = Files.createDirectory(directory.resolve("without-" + missing));
            HeadFile parts = parts(where);
            Files.delete(where.resolve(missing));
            assertThatThrownBy(() -> read(parts))
                    .isInstanceOf(BadEvidence.class)
                    .hasMessageContainingAll(missing + " is not there", "goes on where it ends");
        }
    }

    @Test
    void a_part_that_lost_its_end_or_was_put_in_the_place_of_another_is_found() throws IOException, BadEvidence {
        Path where = Files.createDirectory(directory.resolve("parts"));
        HeadFile parts = parts(where);
        Path second = where.resolve("heads.2.ndjson");
        Files.write(second, new byte[0]);
        assertThatThrownBy(() -> read(parts)).hasMessageContaining("head 3 does not follow on head 1");
        Files.copy(where.resolve("heads.4.ndjson"), second, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> read(parts)).hasMessageContaining("head 4 does not follow on head 1");
    }

    @Test
    void a_line_torn_at_the_end_of_a_part_is_passed_over_in_it_and_in_a_copy() throws IOException, BadEvidence {
        Path where = Files.createDirectory(directory.resolve("parts"));
        HeadFile parts = parts(where);
        Files.writeString(where.resolve("heads.2.ndjson"), "{\"format\":\"tide", StandardOpenOption.APPEND);
        assertThat(read(parts)).hasSize(HEADS);
        parts.copyTo(where.resolve("copy"));
        assertThat(read(new HeadFile(where.resolve("copy")))).hasSize(HEADS);
    }

    /** As seen by somebody who keeps a second name of each part: it stays the same file, and each state of it begins with the one before. */
    @Test
    void no_part_is_ever_replaced_or_shortened() throws IOException, BadEvidence {
        Path where = Files.createDirectory(directory.resolve("watched"));
        Path seconds = Files.createDirectory(directory.resolve("second-names"));
        HeadFile parts = new HeadFile(where.resolve("heads.ndjson"), Book.LOG, 500);
        Map<Path, String> seen = new HashMap<>();
        for (LogHead head : WrittenLog.heads(directory)) {
            parts.append(head);
            try (Stream<Path> files = Files.list(where)) {
                for (Path part : files.toList()) {
                    Path second = seconds.resolve(part.getFileName());
                    if (!Files.exists(second)) {
                        Files.createLink(second, part);
                    }
                    assertThat(Files.isSameFile(part, second))
                            .as(part.toString())
                            .isTrue();
                    String now = Files.readString(part);
                    assertThat(now).startsWith(seen.getOrDefault(part, ""));
                    seen.put(part, now);
                }
            }
        }
        assertThat(seen).hasSizeGreaterThan(1);
        assertThat(seen.keySet()).allMatch(Files::exists);
    }

    /**
     * The kernel refuses everything else to whoever may set the attribute, which is root outside of most containers: there a file system
     * that does not know it fails the test. What can be proven without is proven above.
     */
    @Test
    void heads_go_on_where_files_can_be_made_and_appended_to_and_nothing_else() throws Exception {
        if (!maySetAttributes()) {
            assertThat(attribute("+a", Files.createDirectory(directory.resolve("append-only"))))
                    .as("the kernel lets nobody do so who may not")
                    .isFalse();
            return;
        }
        Path where = appendOnlyDirectory();
        try {
            HeadFile parts = new HeadFile(where.resolve("heads.ndjson"), Book.LOG, 500);
            for (LogHead head : WrittenLog.heads(directory)) {
                parts.append(head);
                try (Stream<Path> files = Files.list(where)) {
                    assertThat(files)
                            .allSatisfy(
                                    part -> assertThat(attribute("+a", part)).isTrue());
                }
            }
            assertThat(read(parts)).isEqualTo(WrittenLog.heads(directory));
            assertThat(where.resolve("heads.2.ndjson")).exists();
            assertThatThrownBy(() -> Files.move(where.resolve("heads.ndjson"), where.resolve("gone")))
                    .isInstanceOf(IOException.class);
        } finally {
            assertThat(attribute("-a", where)).isTrue();
            try (Stream<Path> files = Files.list(where)) {
                assertThat(files)
                        .allSatisfy(part -> assertThat(attribute("-a", part)).isTrue());
            }
            TemporaryTree.delete(where);
        }
    }

    /** On the first file system around that knows the flag: that of temporary files may know none. */
    private Path appendOnlyDirectory() throws IOException, InterruptedException {
        List<Path> tried = List.of(directory, Path.of("target").toAbsolutePath(), Path.of("/var/tmp"));
        for (Path place : tried) {
            Path where = Files.createTempDirectory(place, "append-only-");
            if (attribute("+a", where)) {
                return where;
            }
            Files.delete(where);
        }
        return fail(
                "chattr +a is taken in none of %s: apt-get install e2fsprogs, and have one of them on ext4, XFS or btrfs",
                tried);
    }

    /** CAP_LINUX_IMMUTABLE. */
    private static boolean maySetAttributes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapEff:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) >>> 9) % 2 == 1);
    }

    private static boolean attribute(String change, Path file) throws IOException, InterruptedException {
        return new ProcessBuilder("chattr", change, file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private List<LogHead> read(HeadFile heads) throws IOException, BadEvidence {
        List<LogHead> found = new ArrayList<>();
        try (HeadSource source = heads.read(VerificationKey.read(new EvidenceDirectory(directory).publicKey()))) {
            for (LogHead head = source.next(); head != null; head = source.next()) {
                found.add(head);
            }
        }
        return found;
    }

    private void assertNotSigned(String words) {
        try (HeadWriter writer = log.writer(directory)) {
            assertThatThrownBy(writer::sign).isInstanceOf(BadEvidence.class).hasMessageContaining(words);
        }
    }

    private static void signed(WrittenLog written, Path where) throws IOException, BadEvidence {
        try (HeadWriter writer = written.writer(where)) {
            writer.sign();
        }
    }
}
