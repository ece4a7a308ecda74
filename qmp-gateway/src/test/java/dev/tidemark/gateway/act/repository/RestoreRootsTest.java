package dev.tidemark.gateway.act.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.schema.event.FailureCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreRootsTest {
    @TempDir
    private Path directory = Path.of("");

    private Path root = Path.of("");

    @BeforeEach
    void makeRoot() throws Exception {
        root = Files.createDirectory(directory.toRealPath().resolve("restores"));
    }

    private void allowed(Path place) {
        assertThatCode(() -> new RestoreRoots(List.of(Path.of("/nonexistent/root"), root)).require(place, place))
                .doesNotThrowAnyException();
    }

    private void refused(Path place, String why) {
        RepositoryException refusal = catchThrowableOfType(
                RepositoryException.class,
                () -> new RestoreRoots(List.of(Path.of("/nonexistent/root"), root)).require(place, place));
        assertThat(refusal).as("%s", place).hasMessageContaining(why);
        assertThat(refusal.code()).isEqualTo(FailureCode.TARGET_REFUSED);
    }

    @Test
    void below_a_root_and_in_it() throws Exception {
        allowed(root);
        allowed(root.resolve("web"));
        Files.createDirectories(root.resolve("a/b"));
        allowed(root.resolve("a/b/c"));
    }

    @Test
    void beside_above_and_elsewhere_is_refused_also_with_a_name_that_begins_alike() {
        refused(directory, "--restore-root");
        refused(directory.resolve("restores2"), "--restore-root");
        refused(Path.of("/etc/cron.d"), "--restore-root");
    }

    @Test
    void where_others_can_exchange_a_directory_on_the_way() throws Exception {
        Path shared = Files.createDirectory(root.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        refused(shared.resolve("web"), "others can exchange");
        Files.setAttribute(shared, "unix:mode", 01777);
        allowed(shared.resolve("web"));
    }

    @Test
    void a_root_that_is_a_link_means_where_it_leads() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), root);
        assertThatCode(() -> new RestoreRoots(List.of(link)).require(link.resolve("web"), root.resolve("web")))
                .doesNotThrowAnyException();
    }

    @Test
    void without_roots_anywhere() {
        assertThatCode(() -> RestoreRoots.ANYWHERE.require(Path.of("/x"), Path.of("/x")))
                .doesNotThrowAnyException();
    }
}
