package dev.tidemark.coordinator.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.testkit.KeyWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program itself under a umask that keeps nothing from anybody: what it makes is its owner's alone. */
@Timeout(300)
class OwnerOnlyIT {
    private static final List<String> OPEN_HANDED = List.of("sh", "-c", "umask 000; exec \"$@\"", "sh");
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    /** The programs of PostgreSQL, which perhaps runs as somebody else, who passes above them; and the key by which others verify. */
    private static final Pattern MEANT_TO_BE_READ = Pattern.compile("postgres/binaries-[^ ]+ rwxr-xr-x"
            + "|postgres/binaries-[^ ]+ rw-r--r--"
            + "|postgres rwx--x--x"
            + "|evidence/head-key\\.pub\\.pem rw-r--r--");

    @Test
    void whatever_the_umask_is_others_get_nothing() throws IOException {
        try (Stage stage = Stage.open("tm-own", false);
                Programs generous = new Programs(stage.directory(), OPEN_HANDED)) {
            // given
            StorageMachine machine = new StorageMachine(stage.directory(), "vm", stage.programs(), List.of("d0"));
            machine.install(1 << 20);
            machine.start().close();
            Path home = stage.directory().resolve("own");
            Service service = new Service(home, generous);
            service.start();
            Path tokenFile = home.resolve("admin.token");
            String token = Files.readString(tokenFile).strip();
            KeyWatch watch = new KeyWatch(token);
            // when
            service.done(Map.of("name", "vm", "qmp", machine.qmpSocket().toString()), "vms");
            service.done(Map.of("repo", "default"), "vms", "vm", "backups");
            service.done(Map.of("repo", "default"), "vms", "vm", "backups");
            Path restored = stage.directory().resolve("restored");
            service.done(Map.of("to", restored.toString()), "vms", "vm", "restores");
            service.stop();
            watch.close();
            // then
            assertThat(watch.seen())
                    .as("on a command line or in an environment")
                    .isEmpty();
            assertThat(watch.hasLooked()).as(watch.toString()).isTrue();
            assertThat(holding(home, token)).containsExactly(tokenFile);
            assertThat(openToOthers(restored)).isEmpty();
            assertThat(openToOthers(home))
                    .allMatch(open -> MEANT_TO_BE_READ.matcher(open).matches());
            try (Stream<Path> made = Files.walk(home)) {
                assertThat(made.map(Path::getFileName).map(Path::toString))
                        .contains("d0.qcow2", "manifest.json", "admin.token", "postgresql.conf");
            }
        }
    }

    /** The twin: the umask is as said, and what others may do is seen. */
    @Test
    void sabotaged_what_somebody_makes_who_cares_for_nothing_is_found() throws IOException {
        try (Stage stage = Stage.open("tm-own", false);
                Programs generous = new Programs(stage.directory(), OPEN_HANDED)) {
            Path made = stage.directory().resolve("made");
            generous.run("mkdir", List.of("mkdir", made.toString()));
            generous.run("touch", List.of("touch", made.resolve("file").toString()));
            assertThat(openToOthers(made)).hasSize(2);
        }
    }

    /** Which files have it in them: the log among them would be one too many. */
    private static List<Path> holding(Path home, String secret) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> {
                        try {
                            return Files.readString(file, StandardCharsets.ISO_8859_1)
                                    .contains(secret);
                        } catch (IOException unreadable) {
                            throw new UncheckedIOException(unreadable);
                        }
                    })
                    .toList();
        }
    }

    /** What others may read, write or enter; within a directory that others cannot enter, nothing is open to them. */
    private static List<String> openToOthers(Path top) throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            return all.filter(path -> !Files.isSymbolicLink(path))
                    .filter(OwnerOnlyIT::isOpen)
                    .map(path -> top.relativize(path) + " " + PosixFilePermissions.toString(permissions(path)))
                    .toList();
        }
    }

    private static boolean isOpen(Path path) {
        Set<PosixFilePermission> others = EnumSet.copyOf(OTHERS);
        others.retainAll(permissions(path));
        return !others.isEmpty();
    }

    private static Set<PosixFilePermission> permissions(Path path) {
        try {
            return Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
