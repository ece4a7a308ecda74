package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A repository that nobody knows anything about any more. */
class CatalogueIT {
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
    void every_point_is_found_and_restored() throws Exception {
        fixture.begin(3, RepositoryFixture.incremental(DISK, 2));
        Files.createDirectory(fixture.root().resolve("lost+found"));
        Files.writeString(fixture.root().resolve(MACHINE.value()).resolve("notes.txt"), "mine");
        RepositoryCatalogue catalogue = RepositoryCatalogue.of(fixture.root());
        assertThat(catalogue.foreign()).containsExactly("lost+found");
        assertThat(catalogue.faults()).isEmpty();
        CataloguedMachine machine = catalogue.machines().getFirst();
        assertThat(machine.name()).contains(RepositoryFixture.NAME);
        assertThat(machine.backups()).extracting(CataloguedBackup::id).containsExactly(backup(0), backup(1), backup(2));
        for (int number = 0; number < 3; number++) {
            assertThat(catalogue.visibleDamage(MACHINE, machine.backups().get(number)))
                    .isEmpty();
            Path to = fixture.outside("to" + number);
            restore(catalogue, number, to);
            Path expected = fixture.outside("expected" + number);
            fixture.restore(number, expected, RestoreFormat.RAW);
            assertThat(Files.readAllBytes(to.resolve("vda.raw")))
                    .isEqualTo(Files.readAllBytes(expected.resolve("vda.raw")));
        }
    }

    @Test
    void a_manifest_that_is_damaged_hides_no_other_backup() throws Exception {
        Path manifest = fixture.backupDirectory(2).resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).substring(0, 99));
        RepositoryCatalogue catalogue = RepositoryCatalogue.of(fixture.root());
        CataloguedMachine machine = catalogue.machines().getFirst();
        assertThat(machine.backups()).hasSize(3);
        assertThat(machine.backups().getLast().fault()).contains("manifest.json", "is not valid");
        assertThatThrownBy(() -> machine.newest(List.of(), Optional.empty())).hasMessageContaining("cannot be read");
        restore(catalogue, 1, fixture.outside("to"));
        refused(catalogue, 2, FailureCode.BACKUP_DAMAGED, "is not valid");
    }

    @Test
    void a_parent_that_is_missing_is_seen_and_named() throws Exception {
        Files.move(fixture.backupDirectory(1), fixture.outside("elsewhere"));
        RepositoryCatalogue catalogue = RepositoryCatalogue.of(fixture.root());
        CataloguedMachine machine = catalogue.machines().getFirst();
        assertThat(catalogue.visibleDamage(MACHINE, machine.backups().getLast()))
                .singleElement()
                .satisfies(damage -> {
                    assertThat(damage.file()).contains(backup(1).value());
                    assertThat(damage.detail()).contains("no completed backup");
                });
        assertThat(catalogue.visibleDamage(MACHINE, machine.backups().getFirst()))
                .isEmpty();
        refused(catalogue, 2, FailureCode.BACKUP_DAMAGED, "no completed backup");
        restore(catalogue, 0, fixture.outside("to"));
    }

    @Test
    void a_byte_that_is_not_what_was_written_is_found_in_whatever_stands_on_it() throws Exception {
        byte[] file = Files.readAllBytes(fixture.file(0));
        file[file.length - 100] ^= 1;
        Files.write(fixture.file(0), file);
        RepositoryCatalogue catalogue = RepositoryCatalogue.of(fixture.root());
        for (int number = 0; number < 3; number++) {
            refused(catalogue, number, FailureCode.BACKUP_DAMAGED, "its content is not that of the backup");
        }
    }

    @Test
    void a_symlink_leads_nowhere() throws Exception {
        Path aside = Files.move(fixture.backupDirectory(2), fixture.outside("aside"));
        Files.createSymbolicLink(fixture.backupDirectory(2), aside);
        Files.createSymbolicLink(
                fixture.root().resolve(RepositoryFixture.ulid(9)),
                fixture.root().resolve(MACHINE.value()));
        RepositoryCatalogue catalogue = RepositoryCatalogue.of(fixture.root());
        assertThat(catalogue.machines()).hasSize(1);
        assertThat(catalogue.faults()).singleElement().asString().contains("symbolic link");
        assertThat(catalogue.machines().getFirst().backups().getLast().fault()).contains("symbolic link");
        refused(catalogue, 2, FailureCode.REPOSITORY_FAILED, "symbolic link");
        // The operator's own link to the root is none of these.
        Path link = Files.createSymbolicLink(fixture.outside("link"), fixture.root());
        assertThat(RepositoryCatalogue.of(link).machines()).hasSize(1);
    }

    @Test
    void another_directory_than_a_repository_is_told_from_one() throws Exception {
        nothingIn(fixture.outside("nowhere"), "no such file");
        nothingIn(Files.writeString(fixture.outside("file"), "x"), "not directory");
        nothingIn(Files.createDirectory(fixture.outside("empty")), "<vm id>/<backup id>/manifest.json");
        nothingIn(fixture.root().resolve(MACHINE.value()), "the repository is the one above");
        nothingIn(fixture.backupDirectory(0), "two levels above");
    }

    @Test
    void nothing_is_written_into_the_repository() throws Exception {
        RepositoryCatalogue catalogue = RepositoryCatalogue.of(fixture.root());
        assertThatThrownBy(() -> restore(catalogue, 0, fixture.root().resolve("to")))
                .hasMessageContaining("lies in a repository");
    }

    private static void nothingIn(Path directory, String hint) {
        assertThatThrownBy(() -> RepositoryCatalogue.of(directory))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining(hint);
    }

    private void refused(RepositoryCatalogue catalogue, long number, FailureCode code, String detail) {
        Path to = fixture.outside("refused");
        assertThatThrownBy(() -> restore(catalogue, number, to))
                .isInstanceOfSatisfying(
                        RepositoryException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessageContaining(detail);
        assertThat(to).doesNotExist();
    }

    private static void restore(RepositoryCatalogue catalogue, long number, Path to) throws Exception {
        BackupId backup = backup(number);
        catalogue.restore(
                new OperationId(RepositoryFixture.ulid(6000 + number)),
                MACHINE,
                backup,
                List.of(),
                to,
                RestoreFormat.RAW,
                KeyRing.NONE,
                ProgressListener.NONE);
    }
}
