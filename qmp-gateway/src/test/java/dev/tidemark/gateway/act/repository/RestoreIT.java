package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.REPOSITORY;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.restoration;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A restore never overwrites, ends at the same point however often it is asked for, and leaves nothing when it fails. */
class RestoreIT {
    private RepositoryFixture fixture;
    private Path to;
    private Path output;

    @BeforeEach
    void chain() throws Exception {
        fixture = new RepositoryFixture();
        fixture.storeChain();
        to = fixture.outside("to");
        output = to.resolve("vda.raw");
    }

    @AfterEach
    void remove() {
        fixture.close();
    }

    @Test
    void a_finished_one_is_done_again_and_another_operation_is_refused() throws Exception {
        Outcome first = fixture.restore(2, to, RestoreFormat.RAW);
        assertThat(first).isInstanceOf(Outcome.Done.class);
        Files.writeString(output, "the guest has started on it");
        assertThat(fixture.restore(2, to, RestoreFormat.RAW)).isEqualTo(first);
        assertThat(output).hasContent("the guest has started on it");
        RestoreOperation other = new RestoreOperation(
                new OperationId(RepositoryFixture.ulid(77)),
                backup(2),
                REPOSITORY,
                List.of(DISK),
                to.toString(),
                RestoreFormat.RAW);
        refused(other, FailureCode.TARGET_EXISTS);
        assertThat(names(to)).containsExactlyInAnyOrder("vda.raw", marker(restoration(2, to, RestoreFormat.RAW)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "symlink", "directory"})
    void whatever_has_the_name_stays_as_it_is(String kind) throws Exception {
        Files.createDirectory(to);
        Path elsewhere = Files.writeString(fixture.outside("elsewhere"), "precious");
        switch (kind) {
            case "file" -> Files.writeString(output, "precious");
            case "symlink" -> Files.createSymbolicLink(output, elsewhere);
            default -> Files.createDirectory(output);
        }
        refused(restoration(2, to, RestoreFormat.RAW), FailureCode.TARGET_EXISTS);
        assertThat(names(to)).containsExactly("vda.raw");
        assertThat(elsewhere).hasContent("precious");
    }

    @ParameterizedTest
    @EnumSource(RestoreMarker.State.class)
    void what_a_crash_left_is_carried_on_or_begun_again(RestoreMarker.State state) throws Exception {
        RestoreOperation operation = restoration(2, to, RestoreFormat.RAW);
        Outcome expected = fixture.run(operation);
        byte[] whole = Files.readAllBytes(output);
        Path partial = to.resolve("vda.raw." + operation.id() + ".partial");
        Path marker = to.resolve(marker(operation));
        Files.writeString(marker, Files.readString(marker).replace("FINISHED", state.name()));
        switch (state) {
            case COPYING -> {
                Files.delete(output);
                Files.writeString(partial, "half");
            }
            case NAMING -> Files.createLink(partial, output);
            case FINISHED -> {}
        }
        assertThat(fixture.run(operation)).isEqualTo(expected);
        assertThat(Files.readAllBytes(output)).isEqualTo(whole);
        assertThat(names(to)).containsExactlyInAnyOrder("vda.raw", marker(operation));
    }

    @ParameterizedTest
    @EnumSource(RestoreMarker.State.class)
    void an_abort_removes_what_a_crash_left_unless_the_restore_was_whole(RestoreMarker.State state) throws Exception {
        RestoreOperation operation = restoration(2, to, RestoreFormat.RAW);
        Outcome whole = fixture.run(operation);
        Path partial = to.resolve("vda.raw." + operation.id() + ".partial");
        Path marker = to.resolve(marker(operation));
        Files.writeString(marker, Files.readString(marker).replace("FINISHED", state.name()));
        switch (state) {
            case COPYING -> {
                Files.delete(output);
                Files.writeString(partial, "half");
            }
            case NAMING -> Files.createLink(partial, output);
            case FINISHED -> {}
        }
        Outcome ended = new RepositoryWorker(fixture.repositories())
                .run(new AbortOperation(operation), RepositoryFixture.MACHINE, ProgressListener.NONE);
        if (state == RestoreMarker.State.FINISHED) {
            assertThat(ended).isEqualTo(whole);
            assertThat(output).exists();
        } else {
            assertThat(((Outcome.Refused) ended).code()).isEqualTo(FailureCode.ABORTED);
            assertThat(to).doesNotExist();
        }
    }

    @Test
    void an_aborted_one_whose_files_cannot_be_removed_says_what_stays_where() throws Exception {
        RestoreOperation operation = restoration(2, to, RestoreFormat.RAW);
        fixture.run(operation);
        Path partial = to.resolve("vda.raw." + operation.id() + ".partial");
        Path marker = to.resolve(marker(operation));
        Files.writeString(marker, Files.readString(marker).replace("FINISHED", "COPYING"));
        Files.delete(output);
        // Nobody can remove that as the file that it was.
        Files.createDirectories(partial.resolve("in-the-way"));
        Outcome ended = new RepositoryWorker(fixture.repositories())
                .run(new AbortOperation(operation), RepositoryFixture.MACHINE, ProgressListener.NONE);
        assertThat(((Outcome.Refused) ended).code()).isEqualTo(FailureCode.ABORTED);
        assertThat(((Outcome.Refused) ended).detail()).contains("this stays: " + partial + " (");
        assertThat(names(to)).containsExactly(partial.getFileName().toString());
    }

    @Test
    void naming_goes_on_where_a_file_has_no_name_yet_and_where_its_work_name_is_gone() throws Exception {
        RestoreOperation operation = restoration(2, to, RestoreFormat.RAW);
        Outcome expected = fixture.run(operation);
        Path marker = to.resolve(marker(operation));
        String naming = Files.readString(marker).replace("FINISHED", "NAMING");
        Files.writeString(marker, naming);
        assertThat(fixture.run(operation)).isEqualTo(expected);
        Files.writeString(marker, naming);
        Files.move(output, to.resolve("vda.raw." + operation.id() + ".partial"));
        assertThat(fixture.run(operation)).isEqualTo(expected);
        assertThat(names(to)).containsExactlyInAnyOrder("vda.raw", marker(operation));
    }

    @Test
    void a_file_of_somebody_else_stops_the_naming_and_stays() throws Exception {
        RestoreOperation operation = restoration(2, to, RestoreFormat.RAW);
        fixture.run(operation);
        Path marker = to.resolve(marker(operation));
        Files.writeString(marker, Files.readString(marker).replace("FINISHED", "NAMING"));
        Files.move(output, to.resolve("vda.raw." + operation.id() + ".partial"));
        Files.writeString(output, "precious");
        refused(operation, FailureCode.TARGET_EXISTS);
        assertThat(names(to)).containsExactly("vda.raw");
        assertThat(output).hasContent("precious");
    }

    @Test
    void an_interrupt_kills_the_child_and_leaves_nothing() throws Exception {
        Path program = program("echo $$ > " + fixture.outside("pid") + "; exec sleep 600");
        Repositories repositories =
                new Repositories(Map.of(REPOSITORY, fixture.root()), CrashHook.NONE, new QemuImage(program.toString()));
        Thread worker = Thread.currentThread();
        Path pid = fixture.outside("pid");
        Thread interrupter = Thread.ofPlatform().start(() -> {
            Awaitility.await()
                    .until(() -> Files.exists(pid) && !Files.readString(pid).isBlank());
            worker.interrupt();
        });
        assertThatThrownBy(() -> new RepositoryWorker(repositories)
                        .run(restoration(2, to, RestoreFormat.RAW), MACHINE, ProgressListener.NONE))
                .isInstanceOf(InterruptedException.class);
        interrupter.join();
        assertThat(ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                        .map(ProcessHandle::isAlive)
                        .orElse(false))
                .isFalse();
        assertThat(to).doesNotExist();
    }

    @Test
    void a_failed_copy_leaves_what_was_there_before() throws Exception {
        Path program = program("echo 'qemu-img: error while writing: No space left on device' >&2; exit 1");
        Repositories repositories =
                new Repositories(Map.of(REPOSITORY, fixture.root()), CrashHook.NONE, new QemuImage(program.toString()));
        Files.createDirectory(to);
        Files.writeString(to.resolve("mine"), "x");
        Outcome outcome = new RepositoryWorker(repositories)
                .run(restoration(2, to, RestoreFormat.RAW), MACHINE, ProgressListener.NONE);
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.detail())
                                .contains("No space left")
                                .contains("bytes are free"));
        assertThat(names(to)).containsExactly("mine");
    }

    @Test
    void a_layer_that_is_touched_while_it_is_copied_spoils_the_restore() throws Exception {
        Path program = program("touch '" + fixture.file(0) + "'; exec qemu-img \"$@\"");
        Repositories repositories =
                new Repositories(Map.of(REPOSITORY, fixture.root()), CrashHook.NONE, new QemuImage(program.toString()));
        Outcome outcome = new RepositoryWorker(repositories)
                .run(restoration(2, to, RestoreFormat.RAW), MACHINE, ProgressListener.NONE);
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(FailureCode.BACKUP_DAMAGED);
            assertThat(refused.detail()).contains("changed while");
        });
        assertThat(to).doesNotExist();
    }

    @Test
    void a_real_disk_that_is_full_is_told() throws Exception {
        Path mountPoint = Files.createDirectory(fixture.outside("small"));
        assertThat(new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mountPoint.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .as("a small tmpfs is needed to fill: run this test as root, or allow mount")
                .isZero();
        try {
            Outcome outcome = fixture.restore(2, mountPoint.resolve("to"), RestoreFormat.RAW);
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class,
                            refused -> assertThat(refused.detail()).contains("No space left"));
            assertThat(names(mountPoint)).isEmpty();
        } finally {
            assertThat(new ProcessBuilder("umount", mountPoint.toString())
                            .start()
                            .waitFor(30, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    void directories_that_are_no_places_to_restore_to() throws Exception {
        Path real = Files.createDirectory(fixture.outside("real"));
        Path link = Files.createSymbolicLink(fixture.outside("link"), real);
        Path file = Files.createFile(fixture.outside("file"));
        Path fifo = fixture.outside("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        for (String directory : List.of(
                "relative/path",
                "",
                "/",
                real + "/../real",
                real + "/./x",
                link.toString(),
                file.toString(),
                file + "/x",
                fifo.toString(),
                "/dev/null",
                fixture.outside("no/parent").toString(),
                fixture.root().toString(),
                fixture.root().resolve("x").toString(),
                fixture.backupDirectory(0).toString(),
                "/tmp/nul\0byte")) {
            RestoreOperation operation = new RestoreOperation(
                    new OperationId(RepositoryFixture.ulid(78)),
                    backup(2),
                    REPOSITORY,
                    List.of(),
                    directory,
                    RestoreFormat.RAW);
            refused(operation, FailureCode.UNSUPPORTED);
        }
        assertThat(names(real)).isEmpty();
        assertThat(names(fixture.root())).containsExactly(MACHINE.value(), "repository.json");
    }

    @Test
    void disks_can_be_chosen_and_one_that_the_backup_lacks_is_refused() throws Exception {
        RestoreOperation operation = new RestoreOperation(
                new OperationId(RepositoryFixture.ulid(79)),
                backup(2),
                REPOSITORY,
                List.of(new DiskName("vdz")),
                to.toString(),
                RestoreFormat.RAW);
        refused(operation, FailureCode.UNSUPPORTED);
        assertThat(to).doesNotExist();
    }

    @Test
    void a_hostile_marker_is_refused() throws Exception {
        Files.createDirectory(to);
        RestoreOperation operation = restoration(2, to, RestoreFormat.RAW);
        for (String text : List.of("", "{}", "null", "[1]", "{\"formatVersion\":1}", "{\"formatVersion\":9}")) {
            Files.writeString(to.resolve(marker(operation)), text);
            refused(operation, FailureCode.REPOSITORY_FAILED);
        }
        assertThat(names(to)).containsExactly(marker(operation));
    }

    @Test
    void progress_goes_to_the_end() throws Exception {
        List<String> phases = new ArrayList<>();
        Set<String> ends = new TreeSet<>();
        new RepositoryWorker(fixture.repositories())
                .run(restoration(2, to, RestoreFormat.RAW), MACHINE, (phase, done, total) -> {
                    assertThat(done).isBetween(0L, total);
                    phases.add(phase);
                    if (done == total) {
                        ends.add(phase);
                    }
                });
        assertThat(phases).containsOnly("restore");
        assertThat(ends).containsExactly("restore");
    }

    private void refused(RestoreOperation operation, FailureCode code) throws InterruptedException {
        assertThat(fixture.run(operation))
                .as(operation.directory())
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(code));
    }

    private static String marker(RestoreOperation operation) {
        return ".tidemark-restore-" + operation.id() + ".json";
    }

    private Path program(String script) throws IOException {
        Path file = fixture.outside("program");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    private static Set<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName())).collect(Collectors.toSet());
        }
    }
}
