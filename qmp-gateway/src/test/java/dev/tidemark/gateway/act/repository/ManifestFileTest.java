package dev.tidemark.gateway.act.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written is read again; whatever is not exactly that is refused with the file's name and a reason. */
class ManifestFileTest {
    @TempDir
    Path directory;

    @Test
    void sabotaged_a_sound_one_is_read() throws Exception {
        ManifestFile.write(directory, sample(1));
        assertThat(read()).isEqualTo(sample(1));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"vda.qcow2\"|\"../../etc/passwd\"",
                "\"vda.qcow2\"|\"/etc/passwd\"",
                "\"vda.qcow2\"|\"vdb.qcow2\"",
                "\"vda.qcow2\"|\"json:{}\"",
                "\"vda.qcow2\"|7",
                "\"vda.qcow2\"|null",
                "\"disk\" : \"vda\"|\"disk\" : \"../vda\"",
                "\"disk\" : \"vda\"|\"disk\" : \"-o\"",
                "\"disk\" : \"vda\"|\"disk\" : \"vda\\u0000\"",
                "\"size\" : 1024|\"size\" : -512",
                "\"size\" : 1024|\"size\" : 1025",
                "\"size\" : 1024|\"size\" : 1e400",
                "\"size\" : 1024|\"size\" : 1024.0",
                "\"size\" : 1024|\"size\" : \"1024\"",
                "\"size\" : 1024|\"size\" : 9223372036854775808",
                "\"fileSize\" : 65536|\"fileSize\" : 0",
                "\"bytes\" : 512|\"bytes\" : -1",
                "\"formatVersion\" : 1|\"formatVersion\" : 2",
                "\"formatVersion\" : 1|\"formatVersion\" : 4294967297",
                "\"formatVersion\" : 1|\"formatVersion\" : \"1\"",
                "\"formatVersion\" : 1|\"formatVersion\" : 1, \"formatVersion\" : 1",
                "\"formatVersion\" : 1|\"formatVersion\" : 1, \"more\" : true",
                "\"INCREMENTAL\"|\"FULL\"",
                "\"INCREMENTAL\"|\"OTHER\"",
                "\"since\"|\"sinc\"",
                "0000000000|000000000g",
            })
    void an_edited_one_is_refused(String from, String to) throws Exception {
        ManifestFile.write(directory, sample(1));
        String text = Files.readString(file());
        assertThat(text).contains(from);
        Files.writeString(file(), text.replace(from, to));
        assertThatThrownBy(this::read).isInstanceOf(IOException.class).hasMessageContaining("manifest.json");
    }

    @Test
    void no_member_may_be_missing_or_null_but_for_the_optional_ones() throws Exception {
        for (String member : List.of(
                "formatVersion",
                "backup",
                "machine",
                "machineName",
                "operation",
                "requestedAt",
                "qemu",
                "disks",
                "disk",
                "kind",
                "detail",
                "file",
                "size",
                "fileSize",
                "bytes",
                "sha256",
                "parent")) {
            ManifestFile.write(directory, sample(1));
            String text = Files.readString(file());
            String without = text.replaceFirst(
                            "\"" + member + "\" : (\"[^\"]*\"|[0-9]+|\\{[^}]*\\}|\\[[^\\]]*\\]),?", "")
                    .replaceFirst(",(\\s*[}\\]])", "$1");
            assertThat(without).isNotEqualTo(text);
            Files.writeString(file(), without);
            assertThat(catchThrowable(this::read)).as(member).isInstanceOf(IOException.class);
        }
    }

    @Test
    void one_of_an_earlier_version_does_not_say_when_it_was_stored() throws Exception {
        ManifestFile.write(directory, sample(1));
        String text = Files.readString(file());
        Files.writeString(file(), text.replaceFirst("\"storedAt\" : \"[^\"]*\",", ""));
        assertThat(Files.readString(file())).isNotEqualTo(text);
        assertThat(read().storedAt()).isEmpty();
    }

    @Test
    void all_disks_of_the_machine_are_told_and_one_of_an_earlier_version_tells_none() throws Exception {
        Manifest sample = sample(1);
        Manifest told = new Manifest(
                sample.formatVersion(),
                sample.backup(),
                sample.machine(),
                sample.machineName(),
                sample.operation(),
                sample.requestedAt(),
                sample.storedAt(),
                sample.checkpoint(),
                sample.qemu(),
                sample.compression(),
                sample.repository(),
                sample.moment(),
                sample.merged(),
                sample.disks(),
                Optional.of(List.of(new DiskFacts(
                        new DiskName("vdb"), "n1", "raw", 512, "/images/b", 0, false, Optional.of("/machine/vdb")))));
        ManifestFile.write(directory, told);
        assertThat(read()).isEqualTo(told);
        assertThat(told.evidence().configuration().orElseThrow().disks()).hasSize(1);
        assertThat(sample.evidence().configuration()).isEmpty();
    }

    @Test
    void truncated_anywhere_or_with_something_behind_it() throws Exception {
        ManifestFile.write(directory, sample(1));
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length < whole.length - 2; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            assertThatThrownBy(this::read).isInstanceOf(IOException.class);
        }
        for (String text :
                List.of("null", "[]", "[".repeat(100_000), "\"x\"", new String(whole, StandardCharsets.UTF_8) + "{}")) {
            Files.writeString(file(), text);
            assertThatThrownBy(this::read).isInstanceOf(IOException.class);
        }
    }

    @Test
    void too_long_a_one_is_not_read_at_all() throws Exception {
        try (RandomAccessFile sparse = new RandomAccessFile(file().toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        assertThatThrownBy(this::read).isInstanceOf(IOException.class).hasMessageContaining("more than");
    }

    @Test
    void one_disk_twice_and_none_at_all() throws Exception {
        StoredDisk disk = sample(1).disks().getFirst();
        ManifestFile.write(directory, with(List.of(disk, disk)));
        assertThatThrownBy(this::read).hasMessageContaining("twice");
        ManifestFile.write(directory, with(List.of()));
        assertThatThrownBy(this::read).hasMessageContaining("no disk");
    }

    @Test
    void that_of_another_backup_and_of_another_machine() throws Exception {
        ManifestFile.write(directory, sample(1));
        assertThatThrownBy(() -> ManifestFile.read(directory, RepositoryFixture.MACHINE, RepositoryFixture.backup(2)))
                .hasMessageContaining("of backup");
        assertThatThrownBy(() -> ManifestFile.read(
                        directory, new MachineId(RepositoryFixture.ulid(9)), RepositoryFixture.backup(1)))
                .hasMessageContaining("of machine");
    }

    @Test
    void a_symlink_and_a_directory_in_its_place() throws Exception {
        ManifestFile.write(directory, sample(1));
        Path aside = Files.move(file(), directory.resolve("aside"));
        Files.createSymbolicLink(file(), aside);
        assertThatThrownBy(this::read).hasMessageContaining("symbolic link");
        Files.delete(file());
        Files.createDirectory(file());
        assertThatThrownBy(this::read).hasMessageContaining("a directory");
    }

    /** Incremental number {@code number} on the one before; number 0 is full. */
    static Manifest sample(long number) {
        boolean full = number == 0;
        return manifest(
                number,
                new StoredDisk(
                        new DiskName("vda"),
                        full ? BackupKind.FULL : BackupKind.INCREMENTAL,
                        full ? Optional.empty() : Optional.of(RepositoryFixture.checkpoint(number - 1)),
                        full ? Optional.empty() : Optional.of(RepositoryFixture.backup(number - 1)),
                        full ? Optional.of(FullCause.REQUESTED) : Optional.empty(),
                        "",
                        "vda.qcow2",
                        1024,
                        65536,
                        512,
                        "0".repeat(64)));
    }

    static Manifest manifest(long number, StoredDisk disk) {
        return new Manifest(
                Manifest.FORMAT_VERSION,
                RepositoryFixture.backup(number),
                RepositoryFixture.MACHINE,
                RepositoryFixture.NAME,
                new OperationId(RepositoryFixture.ulid(3000 + number)),
                Instant.ofEpochSecond(1_700_000_000),
                Optional.of(Instant.ofEpochSecond(1_700_000_060)),
                Optional.of(new BackupCheckpoint(RepositoryFixture.checkpoint(number), new CheckpointName("cp"))),
                new QemuFacts("7.2.22", OptionalLong.of(1), OptionalLong.empty()),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Moment.FROZEN),
                Optional.empty(),
                List.of(disk));
    }

    private static Manifest with(List<StoredDisk> disks) {
        Manifest sample = sample(1);
        return new Manifest(
                sample.formatVersion(),
                sample.backup(),
                sample.machine(),
                sample.machineName(),
                sample.operation(),
                sample.requestedAt(),
                sample.storedAt(),
                sample.checkpoint(),
                sample.qemu(),
                sample.compression(),
                sample.repository(),
                sample.moment(),
                sample.merged(),
                disks);
    }

    private Path file() {
        return directory.resolve("manifest.json");
    }

    private Manifest read() throws IOException {
        return ManifestFile.read(directory, RepositoryFixture.MACHINE, RepositoryFixture.backup(1));
    }
}
