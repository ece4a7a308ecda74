package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.coordinator.security.Grant;
import dev.tidemark.coordinator.security.JwtSettings;
import dev.tidemark.coordinator.security.Role;
import dev.tidemark.coordinator.security.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** JWTs of an issuer that answers over HTTP: which make somebody somebody, and which nobody. */
@SuppressWarnings("NullAway.Init")
class OidcIT {
    private static final String AUDIENCE = "tidemark";

    private static final AtomicInteger ASKED = new AtomicInteger();
    private static final AtomicInteger REFUSED = new AtomicInteger();
    private static final Duration SOON = Duration.ofSeconds(60);
    private static volatile String keysSaid = "";
    private static volatile int status = 200;
    private static HttpServer issuer;
    private static String issuerName;
    private static ECKey first;
    private static RSAKey rsa;
    private static Served served;

    @BeforeAll
    static void start() throws IOException, JOSEException {
        first = new ECKeyGenerator(Curve.P_256).keyID("first").generate();
        rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        publish(first, rsa);
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        issuerName = "http://127.0.0.1:" + issuer.getAddress().getPort() + "/realm";
        answering(
                "/realm/.well-known/openid-configuration",
                () -> "{\"issuer\":\"" + issuerName + "\",\"jwks_uri\":\"" + issuerName + "/keys\"}");
        answering("/realm/keys", () -> {
            ASKED.incrementAndGet();
            return keysSaid;
        });
        issuer.start();
        served = served(new JwtSettings.Lasting(Duration.ofMillis(45_000), Duration.ofMillis(1), Duration.ofHours(1)));
        served.machine("web-1");
        served.machine("db-1");
    }

    @AfterAll
    static void stop() {
        served.close();
        issuer.stop(0);
    }

    private interface Text {
        String now();
    }

    private static void answering(String path, Text text) {
        issuer.createContext(path, exchange -> {
            byte[] body = text.now().getBytes(StandardCharsets.UTF_8);
            if (status != 200) {
                REFUSED.incrementAndGet();
            }
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private static void publish(JWK... keys) {
        keysSaid = new JWKSet(List.of(keys)).toString(true);
    }

    private static Served served(JwtSettings.Lasting lasting) {
        JwtSettings settings = new JwtSettings(
                URI.create(issuerName),
                AUDIENCE,
                Optional.empty(),
                Set.of("ES256", "RS256"),
                List.of("realm_access", "roles"),
                Map.of(
                        "backup",
                        new Grant(Role.OPERATOR, new Scope("web-*"), Optional.empty()),
                        "looks",
                        new Grant(Role.VIEWER, Scope.ALL, Optional.empty())),
                Optional.empty(),
                lasting);
        return new Served(
                new ApiServer.Bind(InetAddress.getLoopbackAddress(), 0, Optional.empty(), Optional.of(settings)));
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(issuerName)
                .audience(AUDIENCE)
                .subject("alice")
                .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                .claim("realm_access", Map.of("roles", List.of("others", "backup")));
    }

    private static String signed(ECKey key, UnaryOperator<JWTClaimsSet.Builder> change) {
        return signed(header(JWSAlgorithm.ES256, key), signer(key), change);
    }

    private static JWSHeader header(JWSAlgorithm algorithm, JWK key) {
        return new JWSHeader.Builder(algorithm)
                .keyID(key.getKeyID())
                .type(JOSEObjectType.JWT)
                .build();
    }

    private static JWSSigner signer(ECKey key) {
        try {
            return new ECDSASigner(key);
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String signed(JWSHeader header, JWSSigner signer, UnaryOperator<JWTClaimsSet.Builder> change) {
        try {
            SignedJWT jwt = new SignedJWT(header, change.apply(claims()).build());
            jwt.sign(signer);
            return jwt.serialize();
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Served.Answer get(Served server, String jwt, String path) {
        return server.send(
                server.anonymous(path).header("Authorization", "Bearer " + jwt).GET());
    }

    private static int status(String jwt) {
        return get(served, jwt, "/v1/vms").status();
    }

    @Test
    void who_has_a_role_has_its_machines_and_no_other_right() throws JOSEException {
        String jwt = signed(first, same -> same);
        Served.Answer answer = get(served, jwt, "/v1/vms");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.text()).contains("web-1").doesNotContain("db-1");
        assertThat(get(served, jwt, "/v1/vms/db-1").status()).isEqualTo(404);
        assertThat(get(served, jwt, "/v1/tokens").status()).isEqualTo(403);
        assertThat(status(signed(header(JWSAlgorithm.RS256, rsa), new RSASSASigner(rsa), same -> same)))
                .isEqualTo(200);
        String done = served.send(served.anonymous("/v1/vms/web-1/checkpoints")
                        .header("Authorization", "Bearer " + jwt)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{}")))
                .json()
                .path("id")
                .asString();
        assertThat(served.get("/v1/operations/" + done).json().path("caller").asString())
                .isEqualTo("jwt:alice");
    }

    @Test
    void a_jwt_that_is_not_for_us_not_from_there_or_not_now_makes_nobody() throws JOSEException {
        Instant now = Instant.now();
        Map<String, UnaryOperator<JWTClaimsSet.Builder>> wrong = Map.ofEntries(
                Map.entry("another issuer", claims -> claims.issuer(issuerName + "/other")),
                Map.entry("no issuer", claims -> claims.issuer(null)),
                Map.entry("another audience", claims -> claims.audience("tidemark2")),
                Map.entry("no audience", claims -> claims.audience((String) null)),
                Map.entry("expired", claims -> claims.expirationTime(Date.from(now.minusSeconds(60)))),
                Map.entry("without an end", claims -> claims.expirationTime(null)),
                Map.entry("not yet", claims -> claims.notBeforeTime(Date.from(now.plusSeconds(60)))),
                Map.entry("without a subject", claims -> claims.subject(null)),
                Map.entry("a subject that is two lines", claims -> claims.subject("alice\nadmin")),
                Map.entry("no role", claims -> claims.claim("realm_access", null)),
                Map.entry(
                        "a role of nobody's",
                        claims -> claims.claim("realm_access", Map.of("roles", List.of("admin")))),
                Map.entry(
                        "two roles",
                        claims -> claims.claim("realm_access", Map.of("roles", List.of("backup", "looks")))),
                Map.entry(
                        "a role elsewhere",
                        claims -> claims.claim("realm_access", null).claim("roles", "backup")));
        wrong.forEach((name, change) ->
                assertThat(status(signed(first, change))).as(name).isEqualTo(401));
        // A clock may be a little off.
        assertThat(status(signed(first, claims -> claims.expirationTime(Date.from(now.minusSeconds(5))))))
                .isEqualTo(200);
        assertThat(status(signed(first, claims -> claims.notBeforeTime(Date.from(now.plusSeconds(5))))))
                .isEqualTo(200);
    }

    @Test
    void a_signature_that_anybody_could_make_makes_nobody() throws JOSEException {
        assertThat(status(new PlainJWT(claims().build()).serialize()))
                .as("none")
                .isEqualTo(401);
        String genuine = signed(first, same -> same);
        assertThat(status(genuine.substring(0, genuine.lastIndexOf('.') + 1))).isEqualTo(401);
        assertThat(status(genuine.substring(0, genuine.length() - 4) + "AAAA")).isEqualTo(401);

        byte[] known = rsa.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8);
        for (byte[] secret : List.of(known, rsa.toRSAPublicKey().getEncoded())) {
            assertThat(status(signed(header(JWSAlgorithm.HS256, rsa), new MACSigner(secret), same -> same)))
                    .as("HS256 with what is public")
                    .isEqualTo(401);
        }
        assertThat(status(signed(header(JWSAlgorithm.PS256, rsa), new RSASSASigner(rsa), same -> same)))
                .as("an algorithm that was not named")
                .isEqualTo(401);
        ECKey forger = new ECKeyGenerator(Curve.P_256).keyID("first").generate();
        assertThat(status(signed(forger, same -> same)))
                .as("under a known name")
                .isEqualTo(401);
        JWSHeader own = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .jwk(forger.toPublicJWK())
                .keyID("first")
                .build();
        assertThat(status(signed(own, signer(forger), same -> same)))
                .as("with its own key in the header")
                .isEqualTo(401);
        for (String strange : List.of("..", "a.b.c", "e30.e30.e30", "tmk_.a.b", "é.a.b")) {
            assertThat(get(served, URLEncoder.encode(strange, StandardCharsets.UTF_8), "/v1/vms")
                            .status())
                    .as(strange)
                    .isEqualTo(401);
        }
    }

    @Test
    void a_new_key_is_asked_for_and_strange_ones_do_not_make_us_ask_for_ever() throws JOSEException {
        ECKey second = new ECKeyGenerator(Curve.P_256).keyID("second").generate();
        publish(first, rsa, second);
        try (Served fresh =
                served(new JwtSettings.Lasting(Duration.ofMinutes(5), Duration.ofMinutes(4), Duration.ofHours(1)))) {
            publish(first, rsa);
            assertThat(get(fresh, signed(first, same -> same), "/v1/vms").status())
                    .isEqualTo(200);
            publish(first, rsa, second);
            assertThat(get(fresh, signed(second, same -> same), "/v1/vms").status())
                    .as("rotated")
                    .isEqualTo(200);
            int asked = ASKED.get();
            ECKey strange = new ECKeyGenerator(Curve.P_256).keyID("strange").generate();
            for (int attempt = 0; attempt < 20; attempt++) {
                assertThat(get(fresh, signed(strange, same -> same), "/v1/vms").status())
                        .isEqualTo(401);
            }
            assertThat(ASKED.get() - asked).isLessThanOrEqualTo(1);
            assertThat(get(fresh, signed(second, same -> same), "/v1/vms").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void while_the_issuer_is_away_its_keys_go_on_for_a_while_and_not_for_ever() {
        try (Served brief =
                served(new JwtSettings.Lasting(Duration.ofMillis(50), Duration.ofMillis(1), Duration.ofSeconds(8)))) {
            assertThat(get(brief, signed(first, same -> same), "/v1/vms").status())
                    .isEqualTo(200);
            status = 500;
            int refused = REFUSED.get();
            await().atMost(SOON).until(() -> {
                assertThat(get(brief, signed(first, same -> same), "/v1/vms").status())
                        .as("the keys from before")
                        .isEqualTo(200);
                return REFUSED.get() > refused;
            });
            await().atMost(SOON)
                    .until(() ->
                            get(brief, signed(first, same -> same), "/v1/vms").status() == 401);
        } finally {
            status = 200;
        }
        try (Served never = served(JwtSettings.Lasting.USUAL)) {
            status = 500;
            assertThat(get(never, signed(first, same -> same), "/v1/vms").status())
                    .as("keys that were never had")
                    .isEqualTo(401);
            assertThat(never.get("/v1/vms").status()).as("tokens go on").isEqualTo(200);
        } finally {
            status = 200;
        }
    }

    @Test
    void keys_without_end_are_not_read_and_a_description_of_somebody_else_is_not_believed() {
        String before = keysSaid;
        keysSaid = "{\"keys\":[" + " ".repeat(1024 * 1024) + "]}";
        try (Served fresh = served(JwtSettings.Lasting.USUAL)) {
            assertThat(get(fresh, signed(first, same -> same), "/v1/vms").status())
                    .isEqualTo(401);
        } finally {
            keysSaid = before;
        }
        String genuine = issuerName;
        issuerName = genuine.replace("127.0.0.1", "localhost");
        try (Served other = served(JwtSettings.Lasting.USUAL)) {
            issuerName = genuine;
            assertThat(get(other, signed(first, same -> same), "/v1/vms").status())
                    .isEqualTo(401);
        } finally {
            issuerName = genuine;
        }
        for (String unsafe : List.of("http://issuer.example", "http://10.0.0.1/", "ftp://127.0.0.1", "issuer")) {
            assertThatThrownBy(() -> JwtSettings.requireSafe(URI.create(unsafe)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
