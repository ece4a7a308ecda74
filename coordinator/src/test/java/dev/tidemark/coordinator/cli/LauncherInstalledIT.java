package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Start-up caches of an installed Tidemark: those of its owner, or a user's own; never what a third one may have written, for the JVM runs
 * what it finds there.
 */
@Timeout(300)
@SuppressWarnings("NullAway.Init")
class LauncherInstalledIT {
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
    /** A number that is nobody's here. */
    private static final int STRANGER = 54_321;

    @TempDir
    private Path directory;

    private LauncherRun launcher;
    private Path library;
    private Path caches;

    @BeforeEach
    void install() throws IOException {
        launcher = new LauncherRun(directory, "installed");
        library = Files.createDirectory(launcher.root.resolve("lib"));
        Files.createFile(library.resolve("coordinator-1.jar"));
        launcher.openToAll();
        mode(library, "rwxr-xr-x");
        caches = Files.createDirectory(directory.resolve("caches"));
        mode(caches, "rwx------");
        if (ROOT) {
            Files.setAttribute(caches, "unix:uid", STRANGER);
        }
    }

    private static void mode(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    /** Who may not write to what is installed: root does it as somebody else, others have no right to. */
    private LauncherRun.Ended byAUser(Path jdk, Map<String, String> environment, String... words) throws IOException {
        if (ROOT) {
            return launcher.ended(
                    List.of("setpriv", "--reuid", String.valueOf(STRANGER), "--clear-groups"), jdk, environment, words);
        }
        mode(library, "r-xr-xr-x");
        try {
            return launcher.ended(List.of(), jdk, environment, words);
        } finally {
            mode(library, "rwxr-xr-x");
        }
    }

    private String last(LauncherRun.Ended ended) {
        assertThat(ended.code()).as(ended.said()).isZero();
        return launcher.calls().stream()
                .filter(call -> call.endsWith(" vm list"))
                .toList()
                .getLast();
    }

    private Path own(String cache) {
        return caches.resolve("tidemark")
                .resolve(library.toString().substring(1).replace('/', '-'))
                .resolve(cache);
    }

    @Test
    void whoever_installs_it_has_both_made_and_everybody_starts_with_them() throws IOException {
        Path jdk = launcher.jdk("25.0.1");
        launcher.succeeded(jdk, Map.of(), "train-start");

        assertThat(LauncherRun.caches(library)).containsExactly("cli.aot", "server.aot");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(library.resolve("cli.aot"))))
                .isEqualTo("rw-r--r--");
        assertThat(launcher.leftNothing()).isTrue();
        assertThat(last(byAUser(jdk, Map.of("XDG_CACHE_HOME", caches.toString()), "vm", "list")))
                .contains("-XX:AOTCache=" + library.resolve("cli.aot") + " ");
        assertThat(launcher.trainings()).isEqualTo(2);
        assertThat(LauncherRun.entries(caches)).isEmpty();
    }

    @Test
    void a_training_that_fails_is_said_and_leaves_what_starts_without() throws IOException {
        Path jdk = launcher.jdk("25.0.1");
        LauncherRun.Ended ended = launcher.ended(List.of(), jdk, Map.of("FAILS", "yes"), "train-start");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.said()).contains("cli.aot was not made", "server.aot was not made");
        assertThat(LauncherRun.caches(library)).isEmpty();
        assertThat(last(byAUser(jdk, Map.of(), "vm", "list"))).doesNotContain("AOTCache");
    }

    @Test
    void a_user_who_may_not_write_there_is_told_so() throws IOException {
        if (!ROOT) {
            mode(library, "r-xr-xr-x");
        }
        LauncherRun.Ended ended = byAUser(launcher.jdk("25.0.1"), Map.of(), "train-start");
        assertThat(ended.code()).isEqualTo(5);
        assertThat(ended.said()).contains("sudo tidemark train-start");
    }

    @Test
    void without_one_a_user_gets_his_own_behind_the_first_command() throws IOException {
        Path jdk = launcher.jdk("25.0.1");
        Map<String, String> home = Map.of("XDG_CACHE_HOME", caches.toString());
        assertThat(last(byAUser(jdk, home, "vm", "list"))).doesNotContain("AOTCache");
        LauncherRun.soon().until(() -> LauncherRun.isWhole(own("cli.aot")));

        assertThat(last(byAUser(jdk, home, "vm", "list"))).contains("-XX:AOTCache=" + own("cli.aot") + " ");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own(""))))
                .isEqualTo("rwx------");
        assertThat(LauncherRun.caches(library)).isEmpty();
    }

    @Test
    void a_service_has_it_where_systemd_says() throws IOException {
        Path jdk = launcher.jdk("25.0.1");
        Map<String, String> unit = Map.of("CACHE_DIRECTORY", caches.toString());
        byAUser(jdk, unit, "vm", "list");
        LauncherRun.soon()
                .until(() -> LauncherRun.entries(caches).stream()
                        .anyMatch(each -> LauncherRun.isWhole(each.resolve("cli.aot"))));
        assertThat(last(byAUser(jdk, unit, "vm", "list"))).contains("-XX:AOTCache=" + caches);
    }

    @Test
    void of_another_jdk_or_of_jars_that_were_replaced_it_is_made_anew() throws IOException {
        Map<String, String> home = Map.of("XDG_CACHE_HOME", caches.toString());
        launcher.succeeded(launcher.jdk("25.0.1"), Map.of(), "train-start");
        assertThat(last(byAUser(launcher.jdk("25.0.2"), home, "vm", "list"))).doesNotContain("AOTCache");
        LauncherRun.soon().until(() -> LauncherRun.isWhole(own("cli.aot")));
        assertThat(last(byAUser(launcher.jdk("25.0.2"), home, "vm", "list"))).contains(own("cli.aot") + " ");

        Files.setLastModifiedTime(
                library.resolve("coordinator-1.jar"),
                FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(last(byAUser(launcher.jdk("25.0.2"), home, "vm", "list"))).doesNotContain("AOTCache=");
        LauncherRun.soon().until(() -> launcher.trainings() == 4);
    }

    @Test
    void what_others_could_have_written_is_not_run() throws IOException {
        Path jdk = launcher.jdk("25.0.1");
        Map<String, String> home = Map.of("XDG_CACHE_HOME", caches.toString());
        byAUser(jdk, home, "vm", "list");
        LauncherRun.soon().until(() -> LauncherRun.isWhole(own("cli.aot")));
        assertThat(last(byAUser(jdk, home, "vm", "list"))).contains("AOTCache=");

        mode(own("cli.aot"), "rw-rw-r--");
        assertThat(last(byAUser(jdk, home, "vm", "list")))
                .as("a group writes to it")
                .doesNotContain("AOTCache=");
        mode(own("cli.aot"), "rw-r--r--");
        mode(own(""), "rwxrwxrwx");
        assertThat(last(byAUser(jdk, home, "vm", "list")))
                .as("others write beside it")
                .doesNotContain("AOTCache=");
        mode(own(""), "rwx------");
        Path elsewhere = Files.move(own("cli.aot"), own("elsewhere"));
        Files.createSymbolicLink(own("cli.aot"), elsewhere);
        assertThat(last(byAUser(jdk, home, "vm", "list")))
                .as("it leads elsewhere")
                .doesNotContain("AOTCache=");
    }

    @Test
    void what_a_user_left_among_the_jars_or_in_his_home_is_not_run_by_root() throws IOException {
        if (!ROOT) {
            // Nobody else can give files away, and then there are none to be afraid of.
            return;
        }
        Path jdk = launcher.jdk("25.0.1");
        launcher.succeeded(jdk, Map.of(), "train-start");
        Files.setAttribute(library.resolve("cli.aot"), "unix:uid", STRANGER + 1);
        assertThat(last(byAUser(jdk, Map.of(), "vm", "list")))
                .as("of a third one")
                .doesNotContain("AOTCache=");
        Files.setAttribute(library.resolve("cli.aot"), "unix:uid", STRANGER);
        Files.setAttribute(library, "unix:uid", STRANGER);
        Map<String, String> kept = Map.of("XDG_CACHE_HOME", caches.toString(), "HOME", caches.toString());
        assertThat(last(launcher.ended(List.of(), jdk, kept, "vm", "list")))
                .as("of a user, by root who kept that user's home")
                .doesNotContain("AOTCache");
        assertThat(LauncherRun.entries(caches))
                .as("nor does root write to a user's home")
                .isEmpty();
    }
}
