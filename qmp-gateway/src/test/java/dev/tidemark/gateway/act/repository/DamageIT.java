package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever happens to a file of a chain, verify tells which file and what, and restore refuses without leaving anything. */
class DamageIT {
    private RepositoryFixture fixture;

    @BeforeEach
    void chain() throws Exception {
        fixture = new RepositoryFixture();
        fixture.storeChain();
    }

    @AfterEach
    void remove() {
        fixture.close();
    }

    @Test
    void sabotaged_without_damage_nothing_is_found() throws Exception {
        assertThat(fixture.verify(2))
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done -> assertThat(done.evidence())
                                .isInstanceOfSatisfying(
                                        Evidence.Verified.class,
                                        verified -> assertThat(verified.bytes()).isPositive()));
        assertThat(fixture.restore(2, fixture.outside("to"), RestoreFormat.RAW)).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void one_flipped_bit_in_each_layer() throws Exception {
        for (int number = 0; number < 3; number++) {
            long at = Files.size(fixture.file(number)) - 300;
            flip(fixture.file(number), at);
            found(number, "sha256");
            flip(fixture.file(number), at);
        }
        assertThat(fixture.damages(2)).isEmpty();
    }

    @Test
    void truncated_by_one_byte() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(fixture.file(0).toFile(), "rw")) {
            file.setLength(file.length() - 1);
        }
        found(0, "bytes, not");
    }

    @Test
    void grown_by_one_byte() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(fixture.file(1).toFile(), "rw")) {
            file.setLength(file.length() + 1);
        }
        found(1, "bytes, not");
    }

    @Test
    void an_empty_file() throws Exception {
        Files.write(fixture.file(1), new byte[0]);
        found(1, "0 bytes, not");
    }

    @Test
    void a_missing_file() throws Exception {
        Files.delete(fixture.file(0));
        found(0, "no such file");
    }

    @Test
    void a_missing_directory() throws Exception {
        Files.move(fixture.backupDirectory(0), fixture.outside("away"));
        found(0, "no completed backup");
    }

    @Test
    void swapped_layers() throws Exception {
        Path aside = fixture.outside("aside");
        Files.move(fixture.file(1), aside);
        Files.move(fixture.file(2), fixture.file(1));
        Files.move(aside, fixture.file(2));
        found(1, "");
        found(2, "");
    }

    @Test
    void swapped_layers_whose_manifests_were_swapped_too() throws Exception {
        Path aside = fixture.outside("aside");
        Files.move(fixture.backupDirectory(1), aside);
        Files.move(fixture.backupDirectory(2), fixture.backupDirectory(1));
        Files.move(aside, fixture.backupDirectory(2));
        assertThat(fixture.damages(2)).hasSize(1);
        assertThat(fixture.damages(2).getFirst().detail()).contains("is that of backup");
        refused(2);
    }

    @Test
    void a_manifest_with_another_digest() throws Exception {
        Path manifest = fixture.backupDirectory(1).resolve("manifest.json");
        String text = Files.readString(manifest);
        int at = text.indexOf("\"sha256\" : \"") + 12;
        Files.writeString(
                manifest, text.substring(0, at) + (text.charAt(at) == '0' ? '1' : '0') + text.substring(at + 1));
        found(1, "sha256");
    }

    @Test
    void a_manifest_that_names_another_parent() throws Exception {
        edit(2, RepositoryFixture.backup(1).value(), RepositoryFixture.backup(0).value());
        assertThat(fixture.damages(2)).isNotEmpty();
        assertThat(fixture.damages(2).toString()).contains("checkpoint");
        // The one below is sound: reading it again must not speak for the one above.
        assertThat(fixture.damages(2))
                .anyMatch(damage ->
                        damage.file().contains(RepositoryFixture.backup(2).value()));
        assertThat(fixture.damages(0)).isEmpty();
        refused(2);
    }

    @Test
    void a_manifest_of_another_checkpoint() throws Exception {
        edit(
                1,
                RepositoryFixture.checkpoint(1).value(),
                RepositoryFixture.checkpoint(9).value());
        found(1, "checkpoint");
    }

    @Test
    void a_manifest_with_another_size() throws Exception {
        edit(1, "\"size\" : " + RepositoryFixture.SIZE, "\"size\" : " + (RepositoryFixture.SIZE + 512));
        assertThat(fixture.damages(2)).isNotEmpty();
        refused(2);
    }

    @Test
    void a_missing_manifest() throws Exception {
        Files.delete(fixture.backupDirectory(1).resolve("manifest.json"));
        found(1, "manifest.json");
        List<DamagedDisk> top = fixture.damages(1);
        assertThat(top).hasSize(1);
        assertThat(top.getFirst().disk()).isEqualTo(DISK);
    }

    @Test
    void a_header_that_names_another_backing_file_even_if_the_manifest_agrees_with_the_bytes() throws Exception {
        Path stranger = Files.copy(fixture.file(0), fixture.outside("stranger.qcow2"));
        RequiredProgram.QEMU_IMG.run(
                "rebase",
                "-u",
                "-F",
                "qcow2",
                "-b",
                stranger.toString(),
                fixture.file(1).toString());
        adoptDigest(1);
        found(1, "backing file");
    }

    @Test
    void a_header_that_names_no_backing_file() throws Exception {
        RequiredProgram.QEMU_IMG.run("rebase", "-u", "-b", "", fixture.file(1).toString());
        adoptDigest(1);
        found(1, "names nothing as backing file");
    }

    @Test
    void a_header_with_an_external_data_file_is_never_opened() throws Exception {
        Path secret = Files.write(fixture.outside("secret"), new byte[(int) RepositoryFixture.SIZE]);
        Files.delete(fixture.file(0));
        RequiredProgram.QEMU_IMG.run(
                "create",
                "-q",
                "-f",
                "qcow2",
                "-o",
                "data_file=" + secret + ",data_file_raw=on",
                fixture.file(0).toString(),
                Long.toString(RepositoryFixture.SIZE));
        adoptDigest(0);
        found(0, "external data file");
    }

    @Test
    void metadata_that_is_corrupt_although_the_digest_agrees() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(fixture.file(1).toFile(), "rw")) {
            file.seek(65536);
            file.write(new byte[] {-1, -1, -1, -1});
        }
        adoptDigest(1);
        List<DamagedDisk> damages = fixture.damages(2);
        assertThat(damages.toString()).contains("qemu-img check");
    }

    @Test
    void a_symlink_in_a_files_place() throws Exception {
        Path aside = fixture.outside("aside");
        Files.move(fixture.file(1), aside);
        Files.createSymbolicLink(fixture.file(1), aside);
        found(1, "symbolic link");
    }

    @Test
    void a_symlink_in_a_backups_place() throws Exception {
        Path aside = fixture.outside("aside");
        Files.move(fixture.backupDirectory(1), aside);
        Files.createSymbolicLink(fixture.backupDirectory(1), aside);
        found(1, "symbolic link");
    }

    @Test
    void a_directory_and_a_fifo_in_a_files_place() throws Exception {
        Files.delete(fixture.file(1));
        Files.createDirectory(fixture.file(1));
        found(1, "a directory");
        Files.delete(fixture.file(1));
        assertThat(new ProcessBuilder("mkfifo", fixture.file(1).toString())
                        .start()
                        .waitFor())
                .isZero();
        found(1, "fifo");
    }

    @Test
    void a_backup_that_is_not_there_is_missing_and_not_damaged() throws Exception {
        assertThat(fixture.verify(7))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(FailureCode.BASE_BACKUP_MISSING));
    }

    /** Verify of the newest tells of it, and of it alone; restore refuses and leaves nothing. */
    private void found(int layer, String detail) throws Exception {
        List<DamagedDisk> damages = fixture.damages(2).stream()
                .filter(damage ->
                        damage.file().contains(RepositoryFixture.backup(layer).value()))
                .toList();
        assertThat(damages).hasSize(1);
        assertThat(damages.getFirst().detail()).contains(detail);
        assertThat(damages.getFirst().disk()).isEqualTo(DISK);
        refused(2);
    }

    private void refused(int number) throws Exception {
        Path to = fixture.outside("to");
        assertThat(fixture.restore(number, to, RestoreFormat.QCOW2))
                .isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                    assertThat(refused.code()).isEqualTo(FailureCode.BACKUP_DAMAGED);
                    assertThat(refused.detail()).containsAnyOf("vda", "manifest.json");
                });
        assertThat(to).doesNotExist();
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(at);
            int old = open.read();
            open.seek(at);
            open.write(old ^ 1);
        }
    }

    private void edit(int number, String from, String to) throws IOException {
        Path manifest = fixture.backupDirectory(number).resolve("manifest.json");
        String text = Files.readString(manifest);
        assertThat(text).contains(from);
        Files.writeString(manifest, text.replace(from, to));
    }

    /** An attacker who can write the file can write the manifest. */
    private void adoptDigest(int number) throws Exception {
        Manifest manifest = ManifestFile.read(
                fixture.backupDirectory(number), RepositoryFixture.MACHINE, RepositoryFixture.backup(number));
        FileDigest digest = FileDigest.of(fixture.file(number), bytes -> {});
        Manifest.StoredDisk old = manifest.disks().getFirst();
        edit(number, old.sha256(), digest.sha256());
        edit(number, "\"fileSize\" : " + old.fileSize(), "\"fileSize\" : " + digest.length());
        assertThat(HexFormat.of().parseHex(digest.sha256())).hasSize(32);
        Files.copy(fixture.file(number), fixture.outside("copy"), StandardCopyOption.REPLACE_EXISTING);
    }
}
