package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.REPOSITORY;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.ulid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.event.ExportTerms;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Restore points served from a repository, and what finds those that were left by somebody who was killed. */
class RestoreExportsIT {
    private static final OperationId EXPORT = new OperationId(ulid(6001));

    private final RepositoryFixture fixture;
    private final Path sockets;
    private final Path scratch;
    private final RestoreExports exports;

    RestoreExportsIT() throws IOException {
        fixture = new RepositoryFixture();
        sockets = fixture.outside("exports");
        scratch = fixture.outside("scratch");
        exports = new RestoreExports(fixture.repositories(), sockets, scratch);
    }

    @BeforeEach
    void given() throws Exception {
        fixture.storeChain();
    }

    @AfterEach
    void close() throws Exception {
        exports.end(MACHINE, EXPORT);
        fixture.close();
    }

    private static RestoreExportOperation operation(long backup, boolean writable) {
        return new RestoreExportOperation(
                EXPORT,
                RepositoryFixture.backup(backup),
                REPOSITORY,
                List.of(DISK),
                new ExportTerms("00ff", Instant.MAX, writable),
                List.of(),
                false);
    }

    private byte[] read(OpenExport export) throws IOException {
        return read(export.disks().getFirst().uri());
    }

    private static byte[] read(String uri) throws IOException {
        Path raw = Files.createTempFile("tm-read", ".raw");
        try {
            RequiredProgram.NBDCOPY.run(uri, raw.toString());
            return Files.readAllBytes(raw);
        } finally {
            Files.delete(raw);
        }
    }

    private byte[] restored(long backup) throws Exception {
        Path to = fixture.outside("restored" + backup);
        fixture.restore(backup, to, RestoreFormat.RAW);
        return Files.readAllBytes(to.resolve("vda.raw"));
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(exports.left(MACHINE)).isEmpty();
        assertThat(scratch.resolve(MACHINE.value())).doesNotExist();
        assertThat(sockets).isEmptyDirectory();
    }

    private Path record() {
        return scratch.resolve(MACHINE.value()).resolve(EXPORT.value()).resolve("pid");
    }

    private ProcessHandle recorded() throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(record()).strip()))
                .orElseThrow();
    }

    @Test
    void each_point_is_what_a_restore_of_it_writes() throws Exception {
        for (long backup = 0; backup < 3; backup++) {
            OpenExport open = exports.open(operation(backup, false), MACHINE);
            assertThat(read(open)).isEqualTo(restored(backup));
            assertThat(open.room()).isEmpty();
            assertThat(open.fault()).isEmpty();
            open.end();
            assertThat(open.fault()).isPresent();
            assertNothingIsLeft();
        }
    }

    @Test
    void what_was_written_is_there_again_for_whoever_goes_on_and_gone_after_the_end() throws Exception {
        List<FileDigest> before = layers();
        OpenExport open = exports.open(operation(2, true), MACHINE);
        assertThat(open.room()).isPresent();
        String uri = open.disks().getFirst().uri();
        RequiredProgram.QEMU_IO.run("-f", "raw", "-c", "write -P 7 1k 2k", uri);
        byte[] written = read(open);
        open.leave();
        assertThat(exports.left(MACHINE)).containsExactly(EXPORT);
        OpenExport again = exports.open(operation(2, true), MACHINE);
        assertThat(again.disks()).isEqualTo(open.disks());
        assertThat(read(again)).isEqualTo(written).isNotEqualTo(restored(2));
        again.end();
        assertNothingIsLeft();
        OpenExport fresh = exports.open(operation(2, true), MACHINE);
        assertThat(read(fresh)).isEqualTo(restored(2));
        fresh.end();
        assertThat(layers()).isEqualTo(before);
    }

    private List<FileDigest> layers() throws IOException, InterruptedException {
        List<FileDigest> digests = new ArrayList<>();
        for (long backup = 0; backup < 3; backup++) {
            digests.add(FileDigest.of(fixture.file(backup), count -> {}));
        }
        return digests;
    }

    /** The twins of what is checked above: neither the newest layer alone, nor a daemon that writes to a layer, would pass for it. */
    @Test
    void an_export_without_what_lies_below_or_one_that_writes_to_a_layer_is_found_out() throws Exception {
        List<Layer> layers = BackupChain.of(
                        new RepositoryTree(fixture.root()), MACHINE, RepositoryFixture.backup(2), DISK)
                .layers();
        byte[] truth = restored(2);
        List<FileDigest> before = layers();
        Files.setPosixFilePermissions(fixture.file(2), PosixFilePermissions.fromString("rw-------"));
        ExportDaemon alone = twin(layers.subList(0, 1), Optional.empty());
        assertThat(read(twinUri())).isNotEqualTo(truth);
        alone.end();
        ExportDaemon through = twin(layers.subList(1, 3), Optional.of(fixture.file(2)));
        assertThat(read(twinUri())).isEqualTo(truth);
        RequiredProgram.QEMU_IO.run("-f", "raw", "-c", "write -P 7 1k 2k", twinUri());
        through.end();
        assertThat(layers()).isNotEqualTo(before);
    }

    private ExportDaemon twin(List<Layer> layers, Optional<Path> overlay) throws Exception {
        List<KeyedImage> images =
                layers.stream().map(Layer::file).map(KeyedImage::plain).toList();
        return ExportDaemon.start(
                List.of(new ExportDaemon.Part(images, "twin", overlay)),
                fixture.outside("twin.nbd"),
                fixture.outside("twin.pid"));
    }

    private String twinUri() {
        return "nbd+unix:///twin?socket=" + fixture.outside("twin.nbd");
    }

    @Test
    void a_process_that_was_left_is_ended_by_its_record_and_one_that_has_its_number_by_chance_is_not()
            throws Exception {
        // given one of an earlier life
        OpenExport open = exports.open(operation(1, true), MACHINE);
        ProcessHandle process = recorded();
        assertThat(process.isAlive()).isTrue();
        // when it is served again
        OpenExport again = exports.open(operation(1, true), MACHINE);
        assertThat(process.isAlive()).isFalse();
        assertThat(open.fault()).isPresent();
        assertThat(read(again)).isEqualTo(restored(1));
        // or ended
        ProcessHandle second = recorded();
        exports.end(MACHINE, EXPORT);
        assertThat(second.isAlive()).isFalse();
        assertNothingIsLeft();
        // and given a record whose number is somebody else's by now
        Files.createDirectories(scratch.resolve(MACHINE.value()).resolve(EXPORT.value()));
        Files.writeString(record(), ProcessHandle.current().pid() + "\n");
        exports.end(MACHINE, EXPORT);
        assertNothingIsLeft();
    }

    @Test
    void what_is_left_of_machines_that_are_gone_is_ended_and_nothing_else() throws Exception {
        exports.open(operation(0, false), MACHINE);
        ProcessHandle process = recorded();
        exports.endOfOthersThan(Set.of(MACHINE));
        assertThat(process.isAlive()).isTrue();
        exports.endOfOthersThan(Set.of(new MachineId(ulid(77))));
        assertThat(process.isAlive()).isFalse();
        assertNothingIsLeft();
    }

    @Test
    void it_ends_with_the_thread_that_opened_it() throws Exception {
        CountDownLatch opened = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                exports.open(operation(0, false), MACHINE);
                opened.countDown();
                seen.await();
            } catch (RepositoryException | InterruptedException failure) {
                throw new AssertionError(failure);
            }
        });
        assertThat(opened.await(30, TimeUnit.SECONDS)).isTrue();
        ProcessHandle process = recorded();
        assertThat(process.isAlive()).isTrue();
        seen.countDown();
        thread.join();
        process.onExit().get(30, TimeUnit.SECONDS);
    }

    @Test
    void what_can_be_seen_to_be_damaged_is_not_served_and_leaves_nothing() throws Exception {
        Files.write(fixture.file(0), new byte[17]);
        assertThatThrownBy(() -> exports.open(operation(2, true), MACHINE))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining("17 bytes");
        assertThat(exports.left(MACHINE)).isEmpty();
        assertThatThrownBy(() -> exports.open(operation(9, false), MACHINE)).isInstanceOf(RepositoryException.class);
        assertThat(exports.left(MACHINE)).isEmpty();
    }

    @Test
    void what_clients_write_never_goes_to_a_repository() {
        RestoreExports inside = new RestoreExports(
                fixture.repositories(), sockets, fixture.root().resolve("scratch"));
        assertThatThrownBy(() -> inside.open(operation(2, true), MACHINE)).hasMessageContaining("lies in a repository");
        assertThat(fixture.root().resolve("scratch")).doesNotExist();
    }
}
