package dev.tidemark.coordinator.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.SimpleSecurityContext;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.Resource;
import dev.tidemark.schema.json.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** JWTs that are signed by Ed25519: put together and signed here by the JDK alone. */
class Ed25519JwtTest {
    private static final String ISSUER = "https://login.example";
    private final KeyPair key = keys("Ed25519");
    private final KeyPair longer = keys("Ed448");
    private final ECKey other = elliptic();

    private static KeyPair keys(String curve) {
        try {
            return KeyPairGenerator.getInstance(curve).generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static ECKey elliptic() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The public key's own bytes: the last ones of its X.509. */
    private static String coordinates(KeyPair pair, int length) {
        byte[] encoded = pair.getPublic().getEncoded();
        return Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - length, encoded.length))
                .toString();
    }

    private Map<String, Object> published(String id, Map<String, Object> more) {
        Map<String, Object> jwk =
                new TreeMap<>(Map.of("kty", "OKP", "crv", "Ed25519", "kid", id, "x", coordinates(key, 32)));
        jwk.putAll(more);
        return jwk;
    }

    private Jwts believing(String... algorithms) {
        String keys = Json.MAPPER.writeValueAsString(Map.of(
                "keys",
                List.of(
                        published("ed", Map.of("use", "sig", "alg", "EdDSA")),
                        published("bare", Map.of()),
                        published("sealing", Map.of("use", "enc")),
                        published("misused", Map.of("alg", "ES256")),
                        Map.of("kty", "OKP", "crv", "Ed448", "kid", "longer", "x", coordinates(longer, 57)),
                        other.toPublicJWK().toJSONObject())));
        return new Jwts(
                new JwtSettings(
                        URI.create(ISSUER),
                        "tidemark",
                        Optional.empty(),
                        Set.of(algorithms),
                        List.of("roles"),
                        Map.of("looks", new Grant(Role.VIEWER, Scope.ALL, Optional.empty())),
                        Optional.empty(),
                        new JwtSettings.Lasting(Duration.ofMinutes(5), Duration.ofMillis(1), Duration.ofHours(1))),
                address -> new Resource(keys, "application/json"));
    }

    private static String part(Map<String, ?> json) {
        return Base64URL.encode(Json.MAPPER.writeValueAsString(json)).toString();
    }

    private static String unsigned(Map<String, ?> header) {
        return part(header) + "."
                + part(Map.of(
                        "iss",
                        ISSUER,
                        "aud",
                        "tidemark",
                        "sub",
                        "alice",
                        "roles",
                        "looks",
                        "exp",
                        Instant.now().plusSeconds(300).getEpochSecond()));
    }

    private static String signed(Map<String, ?> header, KeyPair by) {
        String unsigned = unsigned(header);
        try {
            Signature signature = Signature.getInstance(by.getPrivate().getAlgorithm());
            signature.initSign(by.getPrivate());
            signature.update(unsigned.getBytes(StandardCharsets.US_ASCII));
            return unsigned + "." + Base64URL.encode(signature.sign());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Map<String, Object> header(String algorithm, String id) {
        return Map.of("alg", algorithm, "kid", id);
    }

    @Test
    void a_signature_by_a_key_of_the_issuers_makes_somebody_under_the_name_that_was_named() {
        for (String algorithm : List.of("EdDSA", "Ed25519")) {
            Jwts jwts = believing(algorithm, "RS256");
            assertThat(jwts.identify(signed(header(algorithm, "bare"), key))
                            .orElseThrow()
                            .name())
                    .isEqualTo("jwt:alice");
            assertThat(jwts.identify(signed(Map.of("alg", algorithm), key)))
                    .as("whose key is not named")
                    .isPresent();
            String under = algorithm.equals("EdDSA") ? "Ed25519" : "EdDSA";
            assertThat(jwts.identify(signed(header(under, "bare"), key)))
                    .as(under + " where " + algorithm + " was named")
                    .isEmpty();
        }
        assertThat(believing("EdDSA").identify(signed(header("EdDSA", "ed"), key)))
                .isPresent();
        assertThat(believing("RS256", "ES256").identify(signed(header("EdDSA", "ed"), key)))
                .as("that was not named at all")
                .isEmpty();
    }

    @Test
    void the_example_of_the_standard_is_made_out_and_with_one_bit_changed_it_is_not() throws Exception {
        // RFC 8037, A.2 and A.4.
        OctetKeyPair known = OctetKeyPair.parse(
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}");
        byte[] text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".getBytes(StandardCharsets.US_ASCII);
        byte[] signature = new Base64URL(
                        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
                .decode();
        JWSHeader header = JWSHeader.parse("{\"alg\":\"EdDSA\"}");
        var keys = new Ed25519.Keys(
                Set.of(header.getAlgorithm()), new ImmutableJWKSet<>(new JWKSet(known)), (asked, context) -> List.of());
        var verifier = new Ed25519.Verifiers()
                .createJWSVerifier(
                        header,
                        keys.selectJWSKeys(header, new SimpleSecurityContext()).getFirst());
        assertThat(verifier.verify(header, text, Base64URL.encode(signature))).isTrue();
        for (int bit = 0; bit < signature.length * 8; bit++) {
            byte[] changed = signature.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(verifier.verify(header, text, Base64URL.encode(changed)))
                    .as("bit " + bit)
                    .isFalse();
        }
    }

    @Test
    void a_signature_that_anybody_could_make_or_by_another_kind_of_key_makes_nobody() throws Exception {
        Jwts jwts = believing("EdDSA", "ES256");
        String genuine = signed(header("EdDSA", "ed"), key);
        assertThat(jwts.identify(genuine)).isPresent();
        String bare = genuine.substring(0, genuine.lastIndexOf('.') + 1);
        assertThat(jwts.identify(bare)).as("without a signature").isEmpty();
        assertThat(jwts.identify(bare + Base64URL.encode(new byte[64]))).isEmpty();
        assertThat(jwts.identify(bare + Base64URL.encode(new byte[63]))).isEmpty();
        assertThat(jwts.identify(unsigned(Map.of("alg", "none")) + ".")).isEmpty();
        assertThat(jwts.identify(signed(header("EdDSA", "ed"), keys("Ed25519"))))
                .as("by a key of somebody's own, under a known name")
                .isEmpty();
        assertThat(jwts.identify(signed(header("EdDSA", "longer"), longer)))
                .as("by the other curve, of a key that the issuer publishes")
                .isEmpty();
        for (String id : List.of("ec", "longer", "misused", "sealing", "nobody's")) {
            assertThat(jwts.identify(signed(header("EdDSA", id), key))).as(id).isEmpty();
        }
        assertThat(jwts.identify(signed(header("ES256", "ed"), key)))
                .as("one algorithm's name over the other's signature")
                .isEmpty();
        assertThat(jwts.identify(signed(header("ES256", "ec"), key))).isEmpty();
        String elliptic = unsigned(header("EdDSA", "ed"));
        Base64URL byOther = new ECDSASigner(other)
                .sign(JWSHeader.parse("{\"alg\":\"ES256\"}"), elliptic.getBytes(StandardCharsets.US_ASCII));
        assertThat(jwts.identify(elliptic + "." + byOther)).isEmpty();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(new Base64URL(coordinates(key, 32)).decode(), "HmacSHA256"));
        String symmetric = unsigned(header("HS256", "ed"));
        assertThat(jwts.identify(
                        symmetric + "." + Base64URL.encode(mac.doFinal(symmetric.getBytes(StandardCharsets.US_ASCII)))))
                .as("HS256 with what is public")
                .isEmpty();
        assertThat(jwts.identify(
                        signed(Map.of("alg", "EdDSA", "kid", "ed", "crit", List.of("wonder"), "wonder", true), key)))
                .as("what nobody here understands, and has to")
                .isEmpty();
        assertThat(jwts.identify(
                        signed(Map.of("alg", "EdDSA", "kid", "stranger", "jwk", published("stranger", Map.of())), key)))
                .as("with its own key in the header")
                .isEmpty();
    }
}
