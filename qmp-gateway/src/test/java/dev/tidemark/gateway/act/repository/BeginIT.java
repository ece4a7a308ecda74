package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.NAME;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.SIZE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.checkpoint;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.facts;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.full;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.incremental;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.operation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.RepositoryName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An incremental begins only on a parent that is whole and the right one; nothing is left of a begin that was refused. */
class BeginIT {
    private RepositoryFixture fixture;

    @BeforeEach
    void repository() throws Exception {
        fixture = new RepositoryFixture();
    }

    @AfterEach
    void remove() {
        fixture.close();
    }

    @Test
    void sabotaged_on_a_whole_chain_it_begins() throws Exception {
        fixture.storeChain();
        PartialBackup begun = fixture.begin(3, incremental(DISK, 2));
        String info = RequiredProgram.QEMU_IMG.run("info", begun.target(DISK).toString());
        assertThat(info)
                .contains("virtual size: 1 MiB (" + SIZE + " bytes)")
                .contains("backing file: ../" + backup(2) + "/vda.qcow2 (actual path:")
                .contains("backing file format: qcow2");
    }

    @Test
    void a_parent_that_is_not_there() throws Exception {
        missing(() -> fixture.begin(3, incremental(DISK, 2)), "no completed backup");
    }

    @Test
    void a_parent_that_is_unfinished() throws Exception {
        fixture.begin(0, full(DISK));
        missing(() -> fixture.begin(1, incremental(DISK, 0)), "no completed backup");
    }

    @Test
    void a_hole_or_a_damage_anywhere_below() throws Exception {
        fixture.storeChain();
        byte[] base = Files.readAllBytes(fixture.file(0));
        Files.write(fixture.file(0), Arrays.copyOf(base, base.length - 1));
        missing(() -> fixture.begin(3, incremental(DISK, 2)), "bytes, not");
        Files.delete(fixture.file(0));
        missing(() -> fixture.begin(3, incremental(DISK, 2)), "no such file");
        Files.write(fixture.file(0), base);
        fixture.begin(3, incremental(DISK, 2));
        Files.delete(fixture.backupDirectory(1).resolve("manifest.json"));
        missing(() -> fixture.begin(3, incremental(DISK, 2)), "manifest.json");
    }

    @Test
    void a_parent_without_that_disk() throws Exception {
        fixture.storeChain();
        DiskName other = new DiskName("vdb");
        RepositoryException refusal = refusal(() -> fixture.repository()
                .begin(MACHINE, NAME, operation(3, incremental(other, 2)), Map.of(other, facts(other, SIZE))));
        assertThat(refusal.code()).isEqualTo(FailureCode.BASE_BACKUP_MISSING);
        assertThat(refusal.disk()).contains(other);
    }

    @Test
    void a_parent_of_another_checkpoint_or_of_another_size() throws Exception {
        fixture.storeChain();
        DiskPlan wrong = new DiskPlan(
                DISK, BackupKind.INCREMENTAL, Optional.of(checkpoint(1)), Optional.of(backup(2)), Optional.empty(), "");
        missing(() -> fixture.begin(3, wrong), "was not made by this backup");
        DiskPlan none = new DiskPlan(
                DISK, BackupKind.INCREMENTAL, Optional.empty(), Optional.of(backup(2)), Optional.empty(), "");
        missing(() -> fixture.begin(3, none), "without a parent");
        missing(
                () -> fixture.repository()
                        .begin(
                                MACHINE,
                                NAME,
                                operation(3, incremental(DISK, 2)),
                                Map.of(DISK, facts(DISK, SIZE + 512))),
                "bytes");
    }

    @Test
    void a_size_that_qcow2_would_round_up() throws Exception {
        for (long size : new long[] {1, 511, 4097}) {
            RepositoryException refusal = refusal(() -> fixture.repository()
                    .begin(MACHINE, NAME, operation(0, full(DISK)), Map.of(DISK, facts(DISK, size))));
            assertThat(refusal.code()).isEqualTo(FailureCode.UNSUPPORTED);
            assertThat(refusal.disk()).contains(DISK);
        }
    }

    @Test
    void a_tebibyte_costs_nothing_to_begin() throws Exception {
        long size = (1L << 40) - 512;
        PartialBackup begun =
                fixture.repository().begin(MACHINE, NAME, operation(0, full(DISK)), Map.of(DISK, facts(DISK, size)));
        assertThat(Files.size(begun.target(DISK))).isLessThan(1024 * 1024);
        begun.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE);
    }

    @Test
    void a_backup_that_is_complete_is_never_begun_again() throws Exception {
        fixture.storeChain();
        RepositoryException refusal = refusal(() -> fixture.begin(1, full(DISK)));
        assertThat(refusal.code()).isEqualTo(FailureCode.TARGET_EXISTS);
        fixture.repository().discard(MACHINE, backup(1));
        assertThat(fixture.damages(2)).isEmpty();
    }

    @Test
    void symlinks_in_the_places_of_our_directories_are_refused_and_not_followed() throws Exception {
        Path outside = Files.createDirectory(fixture.outside("outside"));
        Path precious = Files.writeString(outside.resolve("precious"), "x");
        Path machine = Files.createSymbolicLink(fixture.root().resolve(MACHINE.value()), outside);
        assertThat(refusal(() -> fixture.begin(0, full(DISK))).detail()).contains("symbolic link");
        Files.delete(machine);
        Files.createDirectory(machine);
        Files.createSymbolicLink(fixture.partialDirectory(0), outside);
        assertThat(refusal(() -> fixture.begin(0, full(DISK))).code()).isEqualTo(FailureCode.REPOSITORY_FAILED);
        refusal(() -> fixture.repositories().discardPartial(MACHINE, "default/" + backup(0)));
        assertThat(precious).exists();
        Files.delete(fixture.partialDirectory(0));
        Files.createSymbolicLink(fixture.backupDirectory(0), outside);
        assertThat(refusal(() -> fixture.begin(0, full(DISK))).detail()).contains("symbolic link");
    }

    @Test
    void names_that_are_paths_are_no_unfinished_backups() throws Exception {
        Files.createDirectories(fixture.root().resolve("../x.partial"));
        for (String name : new String[] {"default/../x", "../x", "/x", "default", "default/" + backup(0) + "/..", ""}) {
            refusal(() -> fixture.repositories().discardPartial(MACHINE, name));
        }
        assertThat(fixture.root().resolve("../x.partial")).exists();
    }

    @Test
    void unknown_missing_and_unusable_repositories() throws Exception {
        RepositoryName name = new RepositoryName("other");
        assertThat(refusal(() -> fixture.repositories().named(name)).code()).isEqualTo(FailureCode.REPOSITORY_UNKNOWN);
        Repositories missing = new Repositories(Map.of(name, fixture.outside("nowhere")));
        assertThat(refusal(() -> missing.named(name)).code()).isEqualTo(FailureCode.REPOSITORY_FAILED);
        assertThat(refusal(() -> missing.named(name)).detail())
                .contains("no such file: ")
                .contains("nowhere");
        Repositories file = new Repositories(Map.of(name, Files.createFile(fixture.outside("file"))));
        assertThat(refusal(() -> file.named(name)).detail()).contains("not a directory");
        assertThat(missing.partialBackups(MACHINE)).isEmpty();
    }

    @Test
    void a_repository_that_is_full_and_one_that_is_read_only() throws Exception {
        Path mountPoint = Files.createDirectory(fixture.outside("small"));
        mount("-t", "tmpfs", "-o", "size=128k", "tmpfs", mountPoint.toString());
        try {
            RepositoryName name = new RepositoryName("small");
            Repository small = new Repositories(Map.of(name, mountPoint)).named(name);
            ThrowingCallable begin =
                    () -> small.begin(MACHINE, NAME, operation(0, full(DISK)), Map.of(DISK, facts(DISK, SIZE)));
            RepositoryException full = refusal(begin);
            assertThat(full.code()).isEqualTo(FailureCode.REPOSITORY_FAILED);
            assertThat(full.detail()).contains("No space left");
            assertThat(mountPoint.resolve(MACHINE.value()).toFile().list()).isEmpty();
            mount("-o", "remount,ro", mountPoint.toString());
            assertThat(refusal(begin).detail()).contains("cannot be written");
        } finally {
            run("umount", mountPoint.toString());
        }
    }

    /** Only root can mount; anybody else must be told, not spared. */
    private static void mount(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "mount";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        assertThat(run(command))
                .as("a small tmpfs is needed to fill: run this test as root, or allow mount")
                .isZero();
    }

    private static int run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private void missing(ThrowingCallable begin, String detail) {
        RepositoryException refusal = refusal(begin);
        assertThat(refusal.code()).isEqualTo(FailureCode.BASE_BACKUP_MISSING);
        assertThat(refusal.disk()).contains(DISK);
        assertThat(refusal.detail()).contains(detail);
        assertThat(fixture.partialDirectory(3)).doesNotExist();
    }

    @Test
    void a_target_that_is_to_be_compressed_says_so_itself_and_so_does_the_manifest() throws Exception {
        PartialBackup begun = beginCompressed(fixture.repository());
        assertThat(RequiredProgram.QEMU_IMG.run("info", begun.target(DISK).toString()))
                .contains("compression type: zstd");
        assertThat(begun.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE)
                        .compression())
                .contains(Compression.ZSTD);
        assertThat(Files.readString(fixture.backupDirectory(0).resolve("manifest.json")))
                .contains("\"ZSTD\"");
    }

    @Test
    void a_qemu_that_was_built_without_zstd_refuses_in_plain_words() throws Exception {
        Repository without = fixture.repositoryWith("case \" $* \" in *compression_type=zstd*)"
                + " echo \"qemu-img: Invalid parameter 'zstd'\" >&2; exit 1;; esac; exec qemu-img \"$@\"");
        RepositoryException refusal = refusal(() -> beginCompressed(without));
        assertThat(refusal.code()).isEqualTo(FailureCode.UNSUPPORTED);
        assertThat(refusal.detail()).contains("this qemu-img makes no images with compression zstd");
        assertThat(fixture.partialDirectory(0)).doesNotExist();
        // And what is not to be compressed goes on.
        without.begin(MACHINE, NAME, operation(0, full(DISK)), Map.of(DISK, facts(DISK, SIZE)));
    }

    @Test
    void one_that_makes_no_image_at_all_is_not_blamed_on_the_compression() throws Exception {
        Repository broken = fixture.repositoryWith("echo 'no room' >&2; exit 1");
        RepositoryException refusal = refusal(() -> beginCompressed(broken));
        assertThat(refusal.code()).isEqualTo(FailureCode.REPOSITORY_FAILED);
        assertThat(refusal.detail()).contains("no room").doesNotContain("compression");
    }

    private static PartialBackup beginCompressed(Repository repository)
            throws RepositoryException, InterruptedException {
        return repository.begin(
                MACHINE,
                NAME,
                operation(0, Optional.of(Compression.ZSTD), full(DISK)),
                Map.of(DISK, facts(DISK, SIZE)));
    }

    private static RepositoryException refusal(ThrowingCallable call) {
        RepositoryException refusal = catchThrowableOfType(RepositoryException.class, call);
        assertThat(refusal).isNotNull();
        return refusal;
    }
}
