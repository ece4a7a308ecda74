package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tidemark token}. */
@SuppressWarnings("NullAway.Init")
class TokenVerbsTest {
    private static final String SECRET = "tmk_" + "AbCd_-0123".repeat(4) + "xyz";

    @TempDir
    Path home;

    private PlayedCoordinator coordinator;
    private CommandLineRun commands;

    @BeforeEach
    void start() throws IOException {
        coordinator = new PlayedCoordinator();
        commands = CommandLineRun.against(coordinator, home);
    }

    @AfterEach
    void stop() {
        coordinator.close();
    }

    @Test
    void a_new_token_is_shown_in_one_piece_however_narrow_the_terminal() {
        coordinator.answers("POST /v1/tokens", 201, token("\"token\":\"" + SECRET + "\",", "null"));
        Ended ended = commands.with("COLUMNS", "20")
                .run("token", "create", "nightly", "--role", "operator", "--vms", "web-*", "--expires", "30d");
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.results().lines()).contains(SECRET);
        assertThat(coordinator.only("POST").body())
                .isEqualTo(
                        "{\"name\":\"nightly\",\"role\":\"OPERATOR\",\"vms\":\"web-*\",\"lifetimeSeconds\":2592000}");
    }

    @Test
    void the_list_and_a_revocation_tell_the_state() {
        coordinator.answers("GET /v1/tokens", "{\"tokens\":[" + token("", "null") + "]}");
        assertThat(commands.run("token", "list").results())
                .contains("nightly", "operator", "web-*", "valid", "tmk_AbCd");
        coordinator.answers("DELETE /v1/tokens/nightly", token("", "\"2026-01-03T03:04:05Z\""));
        assertThat(commands.run("token", "revoke", "nightly").results()).contains("revoked");
    }

    private static String token(String secret, String revokedAt) {
        return "{" + secret + "\"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"name\":\"nightly\",\"role\":\"OPERATOR\","
                + "\"vms\":\"web-*\",\"hint\":\"tmk_AbCd\",\"valid\":true,\"createdAt\":\"2026-01-02T03:04:05Z\","
                + "\"createdBy\":\"admin\",\"expiresAt\":\"2026-02-02T03:04:05Z\",\"revokedAt\":" + revokedAt
                + ",\"revokedBy\":null}";
    }
}
