package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.ManifestFileTest.manifest;
import static dev.tidemark.gateway.act.repository.ManifestFileTest.sample;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.checkpoint;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.DamagedDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manifests that link in ways in which no gateway of ours ever linked them. */
class BackupChainTest {
    @TempDir
    Path root;

    private RepositoryTree tree;

    @BeforeEach
    void repository() {
        tree = new RepositoryTree(root);
    }

    @Test
    void sabotaged_a_sound_chain_ends_at_the_full_one() throws Exception {
        for (int number = 0; number < 4; number++) {
            write(sample(number));
        }
        BackupChain chain = BackupChain.of(tree, MACHINE, backup(3), DISK);
        assertThat(chain.fault()).isEmpty();
        assertThat(chain.layers())
                .extracting(Layer::backup)
                .containsExactly(backup(3), backup(2), backup(1), backup(0));
    }

    @Test
    void a_cycle_ends() throws Exception {
        write(manifest(0, incremental(1)));
        write(manifest(1, incremental(0)));
        fault(1, "comes back");
    }

    @Test
    void an_endless_chain_ends() throws Exception {
        for (int number = 0; number <= BackupChain.LENGTH_MAX; number++) {
            write(sample(number));
        }
        assertThat(BackupChain.of(tree, MACHINE, backup(BackupChain.LENGTH_MAX - 1), DISK)
                        .fault())
                .isEmpty();
        fault(BackupChain.LENGTH_MAX, "longer than");
    }

    @Test
    void a_full_chain_carries_no_more() throws Exception {
        for (int number = 0; number < BackupChain.LENGTH_MAX; number++) {
            write(sample(number));
        }
        BackupChain whole = BackupChain.below(
                tree, MACHINE, backup(BackupChain.LENGTH_MAX - 1), DISK, checkpoint(BackupChain.LENGTH_MAX - 1), 1024);
        assertThat(whole.fault()).isEmpty();
        assertThat(whole.layers()).hasSize(BackupChain.LENGTH_MAX);
    }

    @Test
    void a_link_to_the_backup_of_another_checkpoint() throws Exception {
        write(sample(0));
        write(sample(1));
        StoredDisk skips = incremental(0);
        write(manifest(
                2,
                new StoredDisk(
                        DISK,
                        BackupKind.INCREMENTAL,
                        Optional.of(checkpoint(1)),
                        skips.parent(),
                        Optional.empty(),
                        "",
                        "vda.qcow2",
                        1024,
                        65536,
                        512,
                        "0".repeat(64))));
        fault(2, "was not made by this backup");
    }

    @Test
    void a_link_to_a_disk_of_another_size() throws Exception {
        write(sample(0));
        StoredDisk larger = incremental(0);
        write(manifest(
                1,
                new StoredDisk(
                        DISK,
                        larger.kind(),
                        larger.since(),
                        larger.parent(),
                        Optional.empty(),
                        "",
                        "vda.qcow2",
                        2048,
                        65536,
                        512,
                        "0".repeat(64))));
        fault(1, "bytes");
    }

    @Test
    void a_link_into_the_unfinished() throws Exception {
        write(sample(1));
        ManifestFile.write(Files.createDirectories(tree.partial(MACHINE, backup(0))), sample(0));
        fault(1, "no completed backup");
    }

    @Test
    void a_link_that_does_not_hold_spoils_the_one_above_it() throws Exception {
        write(sample(0));
        write(manifest(1, since(incremental(0), 7)));
        write(sample(2));
        String spoilt = RepositoryTree.relative(MACHINE, backup(1), "vda.qcow2");
        assertThat(link(2)).contains(spoilt);
        assertThat(link(1)).contains(spoilt);
        assertThat(link(0)).isEmpty();
    }

    @Test
    void a_chain_without_an_end_spoils_the_one_from_which_it_was_followed() throws Exception {
        write(manifest(0, incremental(1)));
        write(manifest(1, incremental(0)));
        assertThat(link(1)).contains(RepositoryTree.relative(MACHINE, backup(1), "vda.qcow2"));
        assertThat(link(0)).contains(RepositoryTree.relative(MACHINE, backup(0), "vda.qcow2"));
    }

    @Test
    void a_parent_that_is_missing_is_no_fault_of_the_one_above() throws Exception {
        write(sample(1));
        assertThat(BackupChain.of(tree, MACHINE, backup(1), DISK).fault()).isPresent();
        assertThat(link(1)).isEmpty();
    }

    private Optional<String> link(long top) {
        return BackupChain.of(tree, MACHINE, backup(top), DISK).link().map(DamagedDisk::file);
    }

    private static StoredDisk since(StoredDisk disk, long checkpoint) {
        return new StoredDisk(
                disk.disk(),
                disk.kind(),
                Optional.of(checkpoint(checkpoint)),
                disk.parent(),
                disk.cause(),
                disk.detail(),
                disk.file(),
                disk.size(),
                disk.fileSize(),
                disk.bytes(),
                disk.sha256());
    }

    private void fault(long top, String detail) {
        assertThat(BackupChain.of(tree, MACHINE, backup(top), DISK).fault())
                .hasValueSatisfying(fault -> assertThat(fault.detail()).contains(detail));
    }

    private static StoredDisk incremental(long parent) {
        return sample(parent + 1).disks().getFirst();
    }

    private void write(Manifest manifest) throws Exception {
        ManifestFile.write(Files.createDirectories(tree.completed(MACHINE, manifest.backup())), manifest);
    }
}
