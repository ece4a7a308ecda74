package dev.tidemark.coordinator.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminTokenTest {
    @TempDir
    private Path home;

    @Test
    void the_first_start_makes_a_token_that_only_its_owner_can_read() throws IOException {
        AdminToken token = AdminToken.at(home.resolve("admin.token"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("admin.token"))))
                .isEqualTo("rw-------");
        String line = Files.readString(home.resolve("admin.token"));
        assertThat(line).endsWith("\n").isEqualTo(token.secret() + "\n");
        assertThat(Base64.getUrlDecoder().decode(token.secret())).hasSize(32);
        try (var files = Files.list(home)) {
            assertThat(files).as("nothing unfinished is left").hasSize(1);
        }
    }

    @Test
    void the_next_start_reads_the_same_token() throws IOException {
        AdminToken first = AdminToken.at(home.resolve("admin.token"));
        AdminToken second = AdminToken.at(home.resolve("admin.token"));
        assertThat(second.matches(first.secret())).isTrue();
    }

    @Test
    void only_the_very_token_matches() throws IOException {
        AdminToken token = AdminToken.at(home.resolve("admin.token"));
        String secret = token.secret();
        assertThat(token.matches(secret)).isTrue();
        assertThat(token.matches("")).isFalse();
        assertThat(token.matches(secret.substring(1))).isFalse();
        assertThat(token.matches(secret + "A")).isFalse();
        assertThat(token.matches("\u0000" + secret.substring(1))).isFalse();
    }

    @Test
    void the_token_does_not_slip_into_a_log_line() throws IOException {
        AdminToken token = AdminToken.at(home.resolve("admin.token"));
        assertThat(token.toString()).doesNotContain(token.secret());
    }

    @Test
    void a_token_that_others_can_read_is_refused() throws IOException {
        Path file = home.resolve("admin.token");
        AdminToken token = AdminToken.at(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> AdminToken.at(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chmod 600")
                .hasMessageNotContaining(token.secret());
    }

    @Test
    void a_file_without_a_token_is_refused() throws IOException {
        Path file = Files.createFile(
                home.resolve("admin.token"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        for (String content : new String[] {"", "short", "ü".repeat(43), "a".repeat(5000)}) {
            Files.writeString(file, content);
            assertThatThrownBy(() -> AdminToken.at(file)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void two_first_starts_at_once_agree_on_one_token() {
        Set<String> tokens = ConcurrentHashMap.newKeySet();
        Path file = home.resolve("admin.token");
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int start = 0; start < 32; start++) {
                threads.execute(() -> {
                    try {
                        tokens.add(AdminToken.at(file).secret());
                    } catch (IOException failure) {
                        tokens.add(failure.toString());
                    }
                });
            }
        }
        assertThat(tokens).hasSize(1);
    }
}
