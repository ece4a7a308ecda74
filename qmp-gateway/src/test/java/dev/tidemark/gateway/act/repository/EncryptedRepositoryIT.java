package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.NAME;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.REPOSITORY;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.SIZE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.contract.DiskBackup;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.RecordedFile;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.ExportTerms;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.TargetAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said of an encrypted file, in its manifest and in its header, and what is done where the two or the keys do not fit. */
@Timeout(120)
class EncryptedRepositoryIT {
    private final RepositoryFixture fixture;
    private final Path key;
    private final Path other;

    EncryptedRepositoryIT() throws IOException {
        fixture = new RepositoryFixture();
        key = key("key, with a comma", "0123456789abcdef0123456789abcdef");
        other = key("other", "fedcba9876543210fedcba9876543210");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Path key(String name, String content) throws IOException {
        Path file = Files.writeString(fixture.outside(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private Repositories with(Path... files) {
        return new Repositories(
                Map.of(REPOSITORY, fixture.root()), Map.of(REPOSITORY, new KeyRing(List.of(files))), CrashHook.NONE);
    }

    private static PartialBackup beginElsewhere(Repositories repositories) throws Exception {
        PushBackupOperation file = RepositoryFixture.operation(7, RepositoryFixture.full(DISK));
        DiskBackup disk = new DiskBackup(
                file.disks().getFirst().plan(),
                false,
                Optional.empty(),
                List.of(),
                Optional.of(new TargetAddress("nbd://store:10809/vda")));
        return repositories
                .named(REPOSITORY)
                .begin(
                        MACHINE,
                        NAME,
                        new PushBackupOperation(
                                file.id(),
                                file.backup(),
                                file.repository(),
                                Optional.empty(),
                                List.of(disk),
                                file.bytesPerSecondMax(),
                                Optional.empty(),
                                file.requestedAt(),
                                false,
                                false),
                        Map.of(DISK, RepositoryFixture.facts(DISK, RepositoryFixture.SIZE)));
    }

    private PartialBackup begin(Repositories repositories, long number, Optional<Compression> compression)
            throws Exception {
        return repositories
                .named(REPOSITORY)
                .begin(
                        MACHINE,
                        NAME,
                        RepositoryFixture.operation(
                                number,
                                compression,
                                number == 0
                                        ? RepositoryFixture.full(DISK)
                                        : RepositoryFixture.incremental(DISK, number - 1)),
                        Map.of(DISK, RepositoryFixture.facts(DISK, SIZE)));
    }

    /** As QEMU writes it: told of the target and all that it stands on. */
    private Manifest store(Repositories repositories, long number, String write) throws Exception {
        PartialBackup partial = begin(repositories, number, Optional.empty());
        List<KeyedImage> layers = partial.layers(DISK);
        List<String> arguments = new ArrayList<>(ImageArguments.secrets(layers));
        arguments.addAll(List.of("-c", write, ImageArguments.told(layers)));
        RequiredProgram.QEMU_IO.run(arguments.toArray(new String[0]));
        return partial.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE);
    }

    private Outcome verify(Repositories repositories, long number) throws InterruptedException {
        return new RepositoryWorker(repositories)
                .run(
                        new VerifyOperation(
                                new OperationId(RepositoryFixture.ulid(4000 + number)), backup(number), REPOSITORY),
                        MACHINE,
                        ProgressListener.NONE);
    }

    private FailureCode refusedRestore(Repositories repositories, long number) throws InterruptedException {
        Outcome outcome = new RepositoryWorker(repositories)
                .run(
                        RepositoryFixture.restoration(number, fixture.outside("to"), RestoreFormat.RAW),
                        MACHINE,
                        ProgressListener.NONE);
        assertThat(fixture.outside("to")).doesNotExist();
        return ((Outcome.Refused) outcome).code();
    }

    private void rewrite(long number, String from, String to) throws IOException {
        Path manifest = fixture.backupDirectory(number).resolve("manifest.json");
        String text = Files.readString(manifest);
        assertThat(text).containsPattern(from);
        Files.writeString(manifest, text.replaceFirst(from, to));
    }

    @Test
    void what_clients_wrote_to_an_export_outlasts_a_gateway_without_the_key() throws Exception {
        store(with(key), 0, "write -P 1 0 64k");
        RestoreExportOperation operation = new RestoreExportOperation(
                new OperationId(RepositoryFixture.ulid(8000)),
                backup(0),
                REPOSITORY,
                List.of(DISK),
                new ExportTerms("00ff", Instant.MAX, true),
                List.of(),
                false);
        Path sockets = fixture.outside("exports");
        Path scratch = fixture.outside("scratch");
        OpenExport open = new RestoreExports(with(key), sockets, scratch).open(operation, MACHINE);
        String uri = open.disks().getFirst().uri();
        RequiredProgram.QEMU_IO.run("-f", "raw", "-c", "write -P 7 1k 2k", uri);
        open.leave();
        RestoreExports keyless = new RestoreExports(with(), sockets, scratch);
        assertThatThrownBy(() -> keyless.open(operation, MACHINE))
                .isInstanceOfSatisfying(
                        RepositoryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(FailureCode.KEY_MISSING));
        assertThat(keyless.left(MACHINE)).containsExactly(operation.id());
        OpenExport again = new RestoreExports(with(key), sockets, scratch).open(operation, MACHINE);
        RequiredProgram.QEMU_IO.run("-f", "raw", "-c", "read -P 7 1k 2k", uri);
        again.end();
        assertThat(keyless.left(MACHINE)).isEmpty();
    }

    @Test
    void what_manifest_header_and_keys_say_has_to_agree() throws Exception {
        // given a plain full backup and an encrypted one on top
        fixture.store(0, "write -P 1 0 " + SIZE);
        Manifest stored = store(with(key), 1, "write -P 2 65536 65536");
        assertThat(stored.formatVersion()).isEqualTo(Manifest.ENCRYPTED_FORMAT_VERSION);
        assertThat(stored.disks().getFirst().encryption().orElseThrow().key())
                .isEqualTo(EncryptionKey.read(key).identity());
        assertThat(verify(with(key), 1)).isInstanceOf(Outcome.Done.class);
        assertThat(((Outcome.Done) verify(with(other, key), 1)).evidence()).isInstanceOf(Evidence.Verified.class);
        // then no key is no damage, and it is said which
        assertThat(((Outcome.Refused) verify(fixture.repositories(), 1)).code()).isEqualTo(FailureCode.KEY_MISSING);
        assertThat(((Outcome.Refused) verify(with(other), 1)).code()).isEqualTo(FailureCode.KEY_WRONG);
        assertThat(refusedRestore(fixture.repositories(), 1)).isEqualTo(FailureCode.KEY_MISSING);
        assertThat(refusedRestore(with(other), 1)).isEqualTo(FailureCode.KEY_WRONG);
        assertThat(((Outcome.Done) verify(fixture.repositories(), 0)).evidence())
                .isInstanceOf(Evidence.Verified.class);
        // nothing stands on what cannot be opened
        assertThatThrownBy(() -> begin(with(other), 2, Optional.empty()))
                .isInstanceOfSatisfying(
                        RepositoryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(FailureCode.BASE_BACKUP_MISSING))
                .hasMessageContaining("encrypted with key")
                .hasMessageContaining(EncryptionKey.read(key).identity().value());
        // nothing is written open because its key cannot be read, and nothing is compressed
        assertThatThrownBy(() -> begin(with(fixture.outside("nowhere"), key), 2, Optional.empty()))
                .isInstanceOfSatisfying(
                        RepositoryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(FailureCode.KEY_MISSING));
        assertThatThrownBy(() -> beginElsewhere(with(key)))
                .isInstanceOfSatisfying(
                        RepositoryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(FailureCode.UNSUPPORTED))
                .hasMessageContaining("would lie there open");
        assertThatThrownBy(() -> begin(with(key), 2, Optional.of(Compression.ZSTD)))
                .isInstanceOfSatisfying(
                        RepositoryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(FailureCode.UNSUPPORTED))
                .hasMessageContaining("cannot compress what it encrypts");
        assertThat(fixture.partialDirectory(2)).doesNotExist();
        // a manifest that denies it
        String denied = ",\\s*\"encryption\" : \\{[^}]*\\}";
        String kept = Files.readString(fixture.backupDirectory(1).resolve("manifest.json"));
        rewrite(1, denied, "");
        rewrite(1, "\"formatVersion\" : 3", "\"formatVersion\" : 1");
        assertDamaged(verify(with(key), 1), "its header says that it is encrypted");
        Files.writeString(fixture.backupDirectory(1).resolve("manifest.json"), kept);
        assertThat(((Outcome.Done) verify(with(key), 1)).evidence()).isInstanceOf(Evidence.Verified.class);
        // and one that claims it
        rewrite(
                0,
                "(\"sha256\" : \"[0-9a-f]+\")",
                "$1, \"encryption\" : {\"format\" : \"LUKS\", \"key\" : \""
                        + EncryptionKey.read(key).identity() + "\"}");
        rewrite(0, "\"formatVersion\" : 1", "\"formatVersion\" : 3");
        assertDamaged(verify(with(key), 0), "not encrypted by LUKS");
    }

    /** What is restored for a look lies in the repository as long as it is looked at. */
    @Test
    void a_deep_verification_puts_nothing_into_the_repository_that_can_be_read_without_the_key() throws Exception {
        fixture.store(0, "write -P 1 0 " + SIZE);
        List<Boolean> openToAnybody = new ArrayList<>();
        for (boolean isEncrypted : new boolean[] {true, false}) {
            int number = isEncrypted ? 2 : 1;
            if (isEncrypted) {
                fixture.store(1, "write -P 2 65536 65536");
                store(with(key), 2, "write -P 3 131072 65536");
            }
            List<Boolean> seen = new ArrayList<>();
            CrashHook look = point -> {
                if (point == CrashPoint.AFTER_QEMU_IMG) {
                    seen.addAll(trialFilesWith(isEncrypted ? 3 : 2));
                }
            };
            Repositories watched = new Repositories(
                    Map.of(REPOSITORY, fixture.root()), Map.of(REPOSITORY, new KeyRing(List.of(key))), look);
            Outcome outcome = new RepositoryWorker(watched)
                    .run(RepositoryFixture.verification(number, true, List.of()), MACHINE, ProgressListener.NONE);
            assertThat(((Outcome.Done) outcome).evidence()).isEqualTo(new Evidence.Verified(bytes(number), true));
            assertThat(seen).isNotEmpty();
            openToAnybody.add(seen.contains(true));
        }
        // the one without a key is what shows that it would have been seen
        assertThat(openToAnybody).containsExactly(false, true);
    }

    private long bytes(long top) throws IOException {
        long bytes = 0;
        for (long number = 0; number <= top; number++) {
            bytes += Files.size(fixture.file(number));
        }
        return bytes;
    }

    /** Of each file that a trial has written, whether the pattern stands there for everybody to read. */
    private List<Boolean> trialFilesWith(int pattern) {
        String wanted = String.valueOf((char) pattern).repeat(512);
        List<Boolean> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(fixture.root())) {
            for (Path file :
                    files.filter(path -> path.toString().contains(".trial/")).toList()) {
                found.add(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(wanted));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return found;
    }

    @Test
    void a_key_that_was_exchanged_under_a_backup_makes_no_backup() throws Exception {
        PartialBackup partial = begin(with(key), 0, Optional.empty());
        Files.writeString(key, Files.readString(other));
        assertThatThrownBy(() -> partial.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE))
                .isInstanceOfSatisfying(
                        RepositoryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(FailureCode.KEY_WRONG));
        assertThat(fixture.backupDirectory(0)).doesNotExist();
        // nor one that was exchanged between the moment when it was named and that when it was used
        String was = EncryptionKey.read(other).identity().value();
        Files.writeString(key, "0123456789abcdef0123456789abcdef");
        Path plan = fixture.partialDirectory(0).resolve("plan.json");
        String named = EncryptionKey.read(key).identity().value();
        assertThat(Files.readString(plan)).contains(named).doesNotContain(was);
        Files.writeString(plan, Files.readString(plan).replace(named, was));
        PartialBackup renamed =
                with(other, key).named(REPOSITORY).partial(MACHINE, backup(0)).orElseThrow();
        assertThatThrownBy(() -> renamed.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining("with its key");
        assertThat(fixture.backupDirectory(0)).doesNotExist();
    }

    @Test
    void a_gateway_that_lost_its_keys_writes_nothing_in_clear_text_until_somebody_says_so() throws Exception {
        store(with(key), 0, "write -P 7 0 64k");
        for (long number : new long[] {0, 1}) {
            // A full one as well as an incremental: neither would be asked for a key.
            assertThatThrownBy(() -> with().named(REPOSITORY)
                            .begin(
                                    MACHINE,
                                    NAME,
                                    RepositoryFixture.operation(
                                            5 + number,
                                            Optional.empty(),
                                            number == 0
                                                    ? RepositoryFixture.full(DISK)
                                                    : RepositoryFixture.incremental(DISK, 0)),
                                    Map.of(DISK, RepositoryFixture.facts(DISK, SIZE))))
                    .isInstanceOfSatisfying(
                            RepositoryException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(FailureCode.KEY_MISSING));
            assertThat(fixture.partialDirectory(5 + number)).doesNotExist();
        }
        Files.delete(fixture.root().resolve("encrypted"));
        with().named(REPOSITORY)
                .begin(
                        MACHINE,
                        NAME,
                        RepositoryFixture.operation(5, Optional.empty(), RepositoryFixture.full(DISK)),
                        Map.of(DISK, RepositoryFixture.facts(DISK, SIZE)));
        assertThat(fixture.partialDirectory(5)).exists();
    }

    @Test
    void an_encrypted_chain_is_no_longer_than_qemu_opens_in_passing() throws Exception {
        store(with(key), 0, "write -P 7 0 64k");
        store(with(key), 1, "write -P 8 0 64k");
        // given as many as may be, made of the second one: its names have one length, in manifest and header
        for (int number = 2; number < Parents.ENCRYPTED_LENGTH_MAX - 1; number++) {
            copyAsNext(number);
        }
        // then one more stands on them, and the one after that on nothing
        assertThat(begin(with(key), Parents.ENCRYPTED_LENGTH_MAX - 1, Optional.empty()))
                .isNotNull();
        copyAsNext(Parents.ENCRYPTED_LENGTH_MAX - 1);
        assertThatThrownBy(() -> begin(with(key), Parents.ENCRYPTED_LENGTH_MAX, Optional.empty()))
                .isInstanceOfSatisfying(
                        RepositoryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(FailureCode.BASE_BACKUP_MISSING))
                .hasMessageContaining("has " + Parents.ENCRYPTED_LENGTH_MAX + " backups already");
    }

    private void copyAsNext(int number) throws IOException {
        Path directory = Files.createDirectory(fixture.backupDirectory(number));
        for (String name : List.of("manifest.json", "vda.qcow2")) {
            String bytes = Files.readString(fixture.backupDirectory(1).resolve(name), StandardCharsets.ISO_8859_1);
            // What names the first two has to name the two before last.
            for (int base : List.of(1000, 2000, 3000)) {
                bytes = bytes.replace(RepositoryFixture.ulid(base), "@PARENT@" + base)
                        .replace(RepositoryFixture.ulid(base + 1), RepositoryFixture.ulid(base + number))
                        .replace("@PARENT@" + base, RepositoryFixture.ulid(base + number - 1));
            }
            Files.writeString(directory.resolve(name), bytes, StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void what_is_known_to_be_damaged_does_not_wait_for_a_key() throws Exception {
        // given a log that knows the file, and somebody who rewrote it with its manifest, another key's name included
        Manifest stored = store(with(key), 0, "write -P 7 0 64k");
        Manifest.StoredDisk disk = stored.disks().getFirst();
        RecordedFile recorded = new RecordedFile(backup(0), DISK, Optional.empty(), disk.fileSize(), disk.sha256());
        rewrite(0, disk.sha256(), "0".repeat(64));
        rewrite(0, EncryptionKey.read(key).identity().value(), "0123456789abcdef");
        Outcome outcome = new RepositoryWorker(with(key))
                .run(
                        new VerifyOperation(new OperationId(RepositoryFixture.ulid(4000)), backup(0), REPOSITORY)
                                .against(List.of(recorded)),
                        MACHINE,
                        ProgressListener.NONE);
        // then it is damaged, and not merely in want of a key
        assertThat(((Outcome.Done) outcome).evidence()).isInstanceOf(Evidence.Damaged.class);
        assertThat(((Outcome.Refused) verify(with(key), 0)).code())
                .as("without the log nothing else can be told")
                .isEqualTo(FailureCode.KEY_WRONG);
    }

    private static void assertDamaged(Outcome outcome, String detail) {
        assertThat(((Evidence.Damaged) ((Outcome.Done) outcome).evidence()).disks())
                .singleElement()
                .satisfies(damage -> assertThat(damage.detail()).contains(detail));
    }
}
