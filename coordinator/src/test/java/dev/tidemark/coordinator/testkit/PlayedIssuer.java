package dev.tidemark.coordinator.testkit;

import com.nimbusds.jose.util.Base64URL;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An OpenID Connect issuer on this host, with Ed25519 keys; not there until it is opened. */
public final class PlayedIssuer implements AutoCloseable {
    private static final int KEY_BYTES = 32;

    private final ReservedPort port = new ReservedPort();
    private @Nullable HttpServer server;
    private volatile String published = "{\"keys\":[]}";

    /** A key and what it is called. */
    public record SigningKey(String id, KeyPair pair) {
        public static SigningKey fresh(String id) {
            try {
                return new SigningKey(
                        id, KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    /** As it calls itself. */
    public String name() {
        return "http://127.0.0.1:" + port.number() + "/realm";
    }

    /** From now on it answers. */
    public void open() throws IOException {
        HttpServer opened =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.number()), 0);
        opened.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        opened.createContext("/realm/", exchange -> {
            String said = exchange.getRequestURI().getPath().endsWith("/.well-known/openid-configuration")
                    ? "{\"issuer\":\"" + name() + "\",\"jwks_uri\":\"" + name() + "/keys\"}"
                    : published;
            byte[] body = said.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        opened.start();
        server = opened;
    }

    /** These, and no others. */
    public void publish(SigningKey... keys) {
        List<Map<String, String>> all = new ArrayList<>();
        for (SigningKey key : keys) {
            byte[] encoded = key.pair().getPublic().getEncoded();
            byte[] own = Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
            all.add(Map.of(
                    "kty",
                    "OKP",
                    "crv",
                    "Ed25519",
                    "kid",
                    key.id(),
                    "x",
                    Base64URL.encode(own).toString()));
        }
        published = Json.MAPPER.writeValueAsString(Map.of("keys", all));
    }

    /** For some minutes. */
    public String signed(SigningKey key, String audience, String subject, Map<String, ?> more) {
        Map<String, Object> claims = new TreeMap<>(more);
        claims.put("iss", name());
        claims.put("aud", audience);
        claims.put("sub", subject);
        claims.put("exp", Instant.now().plusSeconds(300).getEpochSecond());
        String text = part(Map.of("alg", "EdDSA", "kid", key.id())) + "." + part(claims);
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key.pair().getPrivate());
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return text + "." + Base64URL.encode(signature.sign());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String part(Map<String, ?> json) {
        return Base64URL.encode(Json.MAPPER.writeValueAsString(json)).toString();
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
        }
        port.close();
    }
}
