package dev.tidemark.coordinator.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.coordinator.testkit.PlayedIssuer;
import dev.tidemark.coordinator.testkit.PlayedIssuer.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code tidemark serve --oidc-issuer …} as a process of its own, and the issuer that it was told to believe. */
@Timeout(300)
class IssuerIT {
    private static final Map<String, ?> LOOKS = Map.of("realm_access", Map.of("roles", List.of("others", "looks")));

    @Test
    void who_the_issuer_vouches_for_is_let_in_although_it_was_away_at_the_start_and_has_other_keys_by_now()
            throws Exception {
        try (Stage stage = Stage.open("tm-oidc", false);
                PlayedIssuer issuer = new PlayedIssuer();
                HttpClient client = HttpClient.newHttpClient()) {
            // given: nobody at the issuer's address
            SigningKey first = SigningKey.fresh("first");
            Service service = stage.service();
            service.serveWith(List.of(
                    "--no-gateway",
                    "--oidc-issuer",
                    issuer.name(),
                    "--oidc-audience",
                    "tidemark",
                    "--oidc-algorithm",
                    "EdDSA",
                    "--oidc-roles-claim",
                    "realm_access.roles",
                    "--oidc-role",
                    "looks=viewer:web-*"));
            service.start();
            URI address = service.address();
            assertThat(status(client, address, "vms", issuer.signed(first, "tidemark", "alice", LOOKS)))
                    .isEqualTo(401);
            // when it comes
            issuer.publish(first);
            issuer.open();
            // then
            String jwt = issuer.signed(first, "tidemark", "alice", LOOKS);
            assertThat(status(client, address, "vms", jwt)).isEqualTo(200);
            assertThat(status(client, address, "tokens", jwt)).isEqualTo(403);
            assertThat(status(client, address, "vms", issuer.signed(first, "another", "alice", LOOKS)))
                    .as("for another audience")
                    .isEqualTo(401);
            assertThat(status(
                            client,
                            address,
                            "vms",
                            issuer.signed(SigningKey.fresh("first"), "tidemark", "alice", LOOKS)))
                    .as("by somebody else's key of that name")
                    .isEqualTo(401);
            assertThat(status(client, address, "vms", issuer.signed(first, "tidemark", "alice", Map.of())))
                    .as("without a role")
                    .isEqualTo(401);
            // when it has another key while the coordinator is away, and a third one after that
            SigningKey second = SigningKey.fresh("second");
            SigningKey third = SigningKey.fresh("third");
            service.stop();
            issuer.publish(second);
            service.start();
            // then
            assertThat(status(client, address, "vms", issuer.signed(second, "tidemark", "alice", LOOKS)))
                    .isEqualTo(200);
            issuer.publish(third);
            assertThat(status(client, address, "vms", issuer.signed(third, "tidemark", "alice", LOOKS)))
                    .as("asked for at once, because nobody knows it yet")
                    .isEqualTo(200);
            assertThat(status(client, address, "vms", jwt))
                    .as("by a key that is no more")
                    .isEqualTo(401);
            assertThat(status(client, address, "vms", issuer.signed(second, "tidemark", "alice", LOOKS)))
                    .isEqualTo(401);
        }
    }

    private static int status(HttpClient client, URI server, String what, String jwt)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(server.resolve("/v1/" + what))
                        .timeout(Duration.ofSeconds(60))
                        .header("Authorization", "Bearer " + jwt)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        Contract.require(answer);
        return answer.statusCode();
    }
}
