package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import java.io.IOException;
import java.nio.file.Files;
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
    void a_label_is_sent_alone_or_behind_the_pattern() {
        coordinator.answers("POST /v1/tokens", 201, token("", "null"));
        commands.run("token", "create", "a", "--role", "viewer", "--label", "env=prod");
        assertThat(coordinator.only("POST").body())
                .isEqualTo("{\"name\":\"a\",\"role\":\"VIEWER\",\"vms\":\"env=prod\"}");
    }

    @Test
    void labels_are_changed_as_they_were_read_and_under_their_tag() {
        String now =
                "{\"vm\":\"web1\",\"vmId\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"labels\":{\"env\":\"prod\",\"tier\":\"db\"},"
                        + "\"version\":3,\"tag\":\"\\\"x-labels-3\\\"\",\"changedAt\":\"2026-01-02T03:04:05Z\",\"changedBy\":\"admin\"}";
        coordinator.answers("GET /v1/vms/web1/labels", now);
        coordinator.answers("PUT /v1/vms/web1/labels", now);
        assertThat(commands.run("vm", "label", "web1").results()).contains("env=prod tier=db", "by admin");
        Ended changed = commands.run("vm", "label", "web1", "env=test", "team=shop", "--remove", "tier");
        assertThat(changed.exitCode()).as(changed.toString()).isZero();
        PlayedCoordinator.Asked asked = coordinator.only("PUT");
        assertThat(asked.body()).isEqualTo("{\"labels\":{\"env\":\"test\",\"team\":\"shop\"}}");
        assertThat(asked.ifMatch()).isEqualTo("\"x-labels-3\"");
        assertThat(commands.run("vm", "label", "web1", "nonsense").exitCode()).isEqualTo(2);
        assertThat(commands.run("vm", "label", "web1", "--remove", "absent").exitCode())
                .isEqualTo(2);
    }

    @Test
    void a_gateways_token_says_its_host_and_a_certificate_what_it_is_known_by() throws IOException {
        String made = "{\"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"name\":\"gw-hv2\",\"role\":\"GATEWAY\",\"vms\":\"*\","
                + "\"host\":\"hv2\",\"hint\":null,\"certificate\":\"uri:spiffe://example/hv2\",\"valid\":true,"
                + "\"createdAt\":\"2026-01-02T03:04:05Z\",\"createdBy\":\"admin\","
                + "\"expiresAt\":\"2026-02-02T03:04:05Z\",\"revokedAt\":null,\"revokedBy\":null}";
        coordinator.answers("POST /v1/tokens", 201, made);
        Ended ended = commands.run(
                "token",
                "create",
                "gw-hv2",
                "--role",
                "gateway",
                "--host",
                "hv2",
                "--certificate",
                "uri:spiffe://example/hv2");
        assertThat(ended.exitCode()).as(ended.toString()).isZero();
        assertThat(ended.results())
                .contains("hv2", "uri:spiffe://example/hv2")
                .doesNotContain("shown once")
                .doesNotContain("*");
        assertThat(coordinator.only("POST").body())
                .isEqualTo("{\"name\":\"gw-hv2\",\"role\":\"GATEWAY\",\"host\":\"hv2\","
                        + "\"certificate\":\"uri:spiffe://example/hv2\"}");
        coordinator.answers("GET /v1/tokens", "{\"tokens\":[" + made + "]}");
        assertThat(commands.run("token", "list").results()).contains("of hv2");

        for (String wrong : new String[] {home.resolve("absent.pem").toString(), home.toString()}) {
            assertThat(commands.run("token", "create", "x", "--role", "viewer", "--certificate", wrong)
                            .exitCode())
                    .isEqualTo(2);
        }
        Path empty = Files.writeString(home.resolve("empty.pem"), "nothing");
        assertThat(commands.run("token", "create", "x", "--role", "viewer", "--certificate", empty.toString())
                        .notes())
                .contains("holds no certificate");
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
