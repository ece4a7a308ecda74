package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.NAME;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.REPOSITORY;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.copied;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.facts;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.full;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.operation;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.ulid;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.verification;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Whoever owns a directory on the way to a repository's files can put a link in its place while a backup is deleted, merged or tried. What
 * the link leads to looks just like what was meant, and nothing in it is written, renamed or removed.
 */
class HeldDirectoriesIT {
    private static final String PRECIOUS = "precious";

    private RepositoryFixture fixture;
    private Path machine;
    private Path aside;
    private Path outside;

    @BeforeEach
    void places() throws Exception {
        fixture = new RepositoryFixture();
        fixture.storeChain();
        machine = fixture.root().resolve(MACHINE.value());
        aside = fixture.root().resolve("aside");
        outside = Files.createDirectory(fixture.outside("outside"));
    }

    @AfterEach
    void remove() {
        fixture.close();
    }

    /** At the so many-th time that a point is passed. */
    private static CrashHook at(CrashPoint where, int time, Exchange exchange) {
        AtomicInteger passed = new AtomicInteger();
        return point -> {
            if (point == where && passed.incrementAndGet() == time) {
                try {
                    exchange.make();
                } catch (IOException fault) {
                    throw new UncheckedIOException(fault);
                }
            }
        };
    }

    private interface Exchange {
        void make() throws IOException;
    }

    private void exchangeMachine() throws IOException {
        Files.move(machine, aside);
        Files.createSymbolicLink(machine, outside);
    }

    private void decoy(String directory, String... files) throws IOException {
        Path decoy = Files.createDirectory(outside.resolve(directory));
        for (String file : files) {
            Files.writeString(decoy.resolve(file), PRECIOUS);
        }
    }

    private static Map<String, String> content(Path directory) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.toList()) {
                content.put(
                        directory.relativize(path).toString(),
                        Files.isRegularFile(path) ? Files.readString(path) : "a directory");
            }
        }
        return content;
    }

    private Outcome run(RepositoryOperation operation, CrashHook hook) throws InterruptedException {
        return new RepositoryWorker(fixture.repositories(hook)).run(operation, MACHINE, ProgressListener.NONE);
    }

    private DeleteBackupOperation deletion() throws IOException {
        return new DeleteBackupOperation(
                new OperationId(ulid(6000)),
                backup(2),
                REPOSITORY,
                RepositoryMark.read(new RepositoryTree(fixture.root())));
    }

    private static MergeBackupOperation merging() {
        return new MergeBackupOperation(
                new OperationId(ulid(7000)),
                backup(2),
                REPOSITORY,
                List.of(new DiskMerge(DISK, backup(1), Optional.of(backup(0)))));
    }

    @ParameterizedTest
    @EnumSource(names = {"BEFORE_BACKUP_SET_ASIDE", "BACKUP_SET_ASIDE", "BEFORE_BACKUP_REMOVED"})
    void a_deletion_takes_away_what_it_looked_at_and_nothing_else(CrashPoint where) throws Exception {
        decoy(backup(2) + (where == CrashPoint.BEFORE_BACKUP_SET_ASIDE ? "" : ".deleted"), "vda.qcow2", "other");
        Map<String, String> before = content(outside);
        run(deletion(), at(where, 1, this::exchangeMachine));
        assertThat(content(outside)).isEqualTo(before);
        assertThat(aside.resolve(backup(2).value())).doesNotExist();
        assertThat(aside.resolve(backup(2) + ".deleted")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.INCLUDE,
            names = {"BEFORE_MERGE", "MERGE_COPIED", "MERGE_COMPARED", "MERGE_ANNOUNCED"})
    void a_merge_writes_where_it_began_and_nowhere_else(CrashPoint where) throws Exception {
        decoy(backup(2).value(), "vda.qcow2", "manifest.json");
        if (where != CrashPoint.BEFORE_MERGE) {
            decoy(backup(2) + ".merge", "vda.qcow2");
        }
        Map<String, String> before = content(outside);
        run(merging(), at(where, 1, this::exchangeMachine));
        assertThat(content(outside)).isEqualTo(before);
    }

    @Test
    void a_merge_swaps_no_file_in_what_was_put_in_the_place_of_the_backup_and_its_refusal_names_no_descriptor()
            throws Exception {
        decoy(backup(2).value(), "vda.qcow2", "manifest.json");
        Map<String, String> before = content(outside);
        Outcome outcome = run(merging(), at(CrashPoint.MERGE_COMPARED, 1, () -> {
            Files.move(fixture.backupDirectory(2), aside);
            Files.createSymbolicLink(
                    fixture.backupDirectory(2), outside.resolve(backup(2).value()));
        }));
        assertThat(content(outside)).isEqualTo(before);
        assertThat(outcome.toString()).doesNotContain("/proc/");
    }

    @ParameterizedTest
    @EnumSource(names = {"BEFORE_QEMU_IMG", "MERGE_COPIED", "MERGE_COMPARED"})
    void a_link_in_the_place_of_a_merged_file_leads_nobody_elsewhere_and_is_not_what_was_merged(CrashPoint where)
            throws Exception {
        decoy("files", "vda.qcow2");
        Map<String, String> before = content(outside);
        FileDigest lying = FileDigest.of(fixture.file(2), bytes -> {});
        Path draft = machine.resolve(backup(2) + ".merge").resolve("vda.qcow2");
        Outcome outcome = run(merging(), at(where, 1, () -> {
            Files.delete(draft);
            Files.createSymbolicLink(draft, outside.resolve("files").resolve("vda.qcow2"));
        }));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.detail()).doesNotContain("/proc/"));
        assertThat(content(outside)).isEqualTo(before);
        assertThat(FileDigest.of(fixture.file(2), bytes -> {})).isEqualTo(lying);
    }

    @Test
    void an_image_in_the_place_of_a_merged_file_is_not_what_was_merged() throws Exception {
        FileDigest lying = FileDigest.of(fixture.file(2), bytes -> {});
        Path draft = machine.resolve(backup(2) + ".merge").resolve("vda.qcow2");
        Outcome outcome = run(merging(), at(CrashPoint.MERGE_COMPARED, 1, () -> {
            Path other = Files.copy(draft, fixture.outside("other"));
            Files.move(other, draft, StandardCopyOption.REPLACE_EXISTING);
        }));
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        assertThat(FileDigest.of(fixture.file(2), bytes -> {})).isEqualTo(lying);
    }

    @Test
    void a_link_in_the_place_of_a_file_of_a_trial_restore_leads_nobody_elsewhere() throws Exception {
        decoy("files", "vda.qcow2");
        Map<String, String> before = content(outside);
        Path tried = machine.resolve(verification(0, true, List.of()).id() + ".trial")
                .resolve("vda.qcow2");
        run(verification(0, true, List.of()), at(CrashPoint.BEFORE_QEMU_IMG, 2, () -> {
            Files.delete(tried);
            Files.createSymbolicLink(tried, outside.resolve("files").resolve("vda.qcow2"));
        }));
        assertThat(content(outside)).isEqualTo(before);
    }

    @Test
    void a_merge_that_cannot_write_names_the_place_by_the_name_that_people_know() throws Exception {
        Outcome outcome = run(
                merging(),
                at(
                        CrashPoint.BEFORE_MERGE,
                        1,
                        () -> Files.createSymbolicLink(machine.resolve(backup(2) + ".merge"), outside)));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.detail())
                                .contains(machine.toString())
                                .doesNotContain("/proc/"));
        assertThat(content(outside)).hasSize(1);
    }

    @Test
    void a_trial_restore_is_written_to_the_directory_that_it_made_and_leaves_nothing() throws Exception {
        String trial = verification(0, true, List.of()).id() + ".trial";
        decoy(trial, "vda.qcow2");
        Map<String, String> before = content(outside);
        // First every layer is checked, then restored.
        Outcome outcome =
                run(verification(0, true, List.of()), at(CrashPoint.BEFORE_QEMU_IMG, 2, this::exchangeMachine));
        assertThat(content(outside)).isEqualTo(before);
        assertThat(aside.resolve(trial)).doesNotExist();
        assertThat(outcome.toString()).doesNotContain("/proc/");
    }

    @Test
    void what_a_completed_backup_needs_no_more_is_removed_from_it_alone() throws Exception {
        decoy(backup(9).value(), "plan.json");
        Map<String, String> before = content(outside);
        PartialBackup partial = fixture.repositories(at(CrashPoint.NAME_SYNCED, 1, this::exchangeMachine))
                .named(REPOSITORY)
                .begin(MACHINE, NAME, operation(9, full(DISK)), Map.of(DISK, facts(DISK, RepositoryFixture.SIZE)));
        partial.complete(copied(DISK), ProgressListener.NONE);
        assertThat(content(outside)).isEqualTo(before);
        assertThat(aside.resolve(backup(9).value()).resolve("plan.json")).doesNotExist();
    }

    @Test
    void nothing_is_removed_behind_a_link() throws Exception {
        decoy("x", "y");
        Path link = Files.createSymbolicLink(fixture.root().resolve("link"), outside);
        assertThatThrownBy(() -> FlatRemoval.remove(link, "x")).hasMessageContaining("symbolic link");
        assertThat(outside.resolve("x").resolve("y")).hasContent(PRECIOUS);
    }
}
