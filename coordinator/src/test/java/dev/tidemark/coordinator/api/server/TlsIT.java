package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tidemark.coordinator.testkit.Authority;
import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.gateway.link.HttpLink;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.tls.ClientTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** TLS: who the server is, who its clients are, and certificates that are replaced while it runs. */
@SuppressWarnings("NullAway.Init")
class TlsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Authority AUTHORITY = new Authority("Example Authority");
    private static final Authority STRANGERS = new Authority("Strangers' Authority");

    @TempDir
    private static Path files;

    private static TlsFiles shown;
    private static Served served;

    @BeforeAll
    static void start() {
        shown = new TlsFiles(
                files.resolve("tls.crt"),
                files.resolve("tls.key"),
                Optional.of(AUTHORITY.write(files.resolve("ca.pem"))));
        Authority.write(server("first"), shown.certificate(), shown.key());
        served = new Served(
                new ApiServer.Bind(InetAddress.getLoopbackAddress(), 0, Optional.of(shown), Optional.empty()));
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    private static Authority.Issued server(String subject) {
        return AUTHORITY.issue(subject, Authority.address("127.0.0.1"));
    }

    /** A client that believes the authority, with a certificate or without. */
    private static HttpClient client(Optional<Authority.Issued> certificate) throws IOException {
        Optional<ClientTls.Own> own = certificate.map(issued -> {
            Path file = files.resolve("client-" + issued.certificate().getSerialNumber());
            Path key = files.resolve(file.getFileName() + ".key");
            Authority.write(issued, file, key);
            return new ClientTls.Own(file, key);
        });
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(new ClientTls(shown.clientAuthority(), own).context())
                .build();
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(served.server.url() + path)).timeout(SOON);
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        Contract.require(response);
        return response;
    }

    private static HttpRequest.Builder asAdministrator(HttpRequest.Builder request) {
        return request.header("Authorization", "Bearer " + served.token.secret());
    }

    private static String post(HttpClient client, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = send(
                client,
                asAdministrator(request(path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)));
        assertThat(response.statusCode()).as(response.body()).isLessThan(300);
        return response.body();
    }

    @Test
    void the_server_says_https_and_a_client_that_does_not_believe_it_sends_nothing() throws Exception {
        assertThat(served.server.url().toString()).startsWith("https://127.0.0.1:");
        try (HttpClient believing = client(Optional.empty());
                HttpClient ofSystem = HttpClient.newHttpClient()) {
            assertThat(send(believing, asAdministrator(request("/v1/vms"))).statusCode())
                    .isEqualTo(200);
            assertThat(send(believing, request("/v1/vms")).statusCode()).isEqualTo(401);
            assertThatThrownBy(() -> send(ofSystem, asAdministrator(request("/v1/vms"))))
                    .isInstanceOf(SSLHandshakeException.class);
            // The certificate is for the address, not for this name of it.
            URI other = URI.create("https://localhost:" + served.server.url().getPort() + "/v1/vms");
            assertThatThrownBy(() -> send(believing, asAdministrator(HttpRequest.newBuilder(other))))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("localhost");
        }
    }

    @Test
    void plain_http_and_old_protocols_get_nothing() throws Exception {
        URI plain = URI.create("http://127.0.0.1:" + served.server.url().getPort() + "/v1/vms");
        try (HttpClient client = HttpClient.newHttpClient()) {
            // Tomcat's own word: whoever does not speak TLS has not come as far as to our interface.
            assertThat(client.send(
                                    asAdministrator(HttpRequest.newBuilder(plain))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(400);
        }
        for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
            assertThat(handshake(protocol)).isEqualTo(protocol);
        }
        for (String protocol : new String[] {"TLSv1.1", "TLSv1"}) {
            assertThatThrownBy(() -> handshake(protocol)).isInstanceOf(SSLException.class);
        }
    }

    private static String handshake(String protocol) throws IOException {
        int port = served.server.url().getPort();
        try (SSLSocket socket = (SSLSocket) new ClientTls(shown.clientAuthority(), Optional.empty())
                .context()
                .getSocketFactory()
                .createSocket("127.0.0.1", port)) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();
            return socket.getSession().getProtocol();
        }
    }

    @Test
    void a_certificate_is_somebody_once_it_is_recorded_and_nobody_as_soon_as_that_ends() throws Exception {
        Authority.Issued ci = AUTHORITY.issue("ci", Authority.uri("spiffe://example/ci"), Authority.dns("ci.example"));
        Authority.Issued other = AUTHORITY.issue("ci", Authority.uri("spiffe://example/ci/other"));
        try (HttpClient shows = client(Optional.of(ci));
                HttpClient showsOther = client(Optional.of(other));
                HttpClient plain = client(Optional.empty())) {
            assertThat(send(shows, request("/v1/vms")).statusCode())
                    .as("signed by the authority, and unknown")
                    .isEqualTo(401);
            post(plain, "/v1/tokens", certificate("ci", "VIEWER", "uri:spiffe://example/ci"));
            HttpResponse<String> known = send(shows, request("/v1/vms"));
            assertThat(known.statusCode()).as(known.body()).isEqualTo(200);
            assertThat(send(shows, request("/v1/tokens")).statusCode())
                    .as("a viewer")
                    .isEqualTo(403);
            assertThat(send(showsOther, request("/v1/vms")).statusCode())
                    .as("the beginning of a name, and the same subject")
                    .isEqualTo(401);
            // The one certificate under two records is nobody's.
            post(plain, "/v1/tokens", certificate("ci-key", "ADMIN", key(ci.certificate())));
            assertThat(send(shows, request("/v1/vms")).statusCode()).isEqualTo(401);
            send(plain, asAdministrator(request("/v1/tokens/ci")).DELETE());
            assertThat(send(shows, request("/v1/tokens")).statusCode())
                    .as("by its key")
                    .isEqualTo(200);
            assertThat(send(shows, asAdministrator(request("/v1/vms"))).body())
                    .as("a certificate and a token")
                    .contains("more than one kind");
            send(plain, asAdministrator(request("/v1/tokens/ci-key")).DELETE());
            assertThat(send(shows, request("/v1/vms")).statusCode())
                    .as("on the same connection, at once")
                    .isEqualTo(401);
            // A name can be recorded again after its end.
            post(plain, "/v1/tokens", certificate("ci-again", "VIEWER", "dns:ci.example"));
            assertThat(send(shows, request("/v1/vms")).statusCode()).isEqualTo(200);
            assertThat(send(
                                    plain,
                                    asAdministrator(request("/v1/tokens"))
                                            .header("Content-Type", "application/json")
                                            .POST(BodyPublishers.ofString(
                                                    certificate("twice", "ADMIN", "dns:ci.example"))))
                            .statusCode())
                    .as("known to one at a time")
                    .isEqualTo(409);
        }
    }

    @Test
    void a_certificate_of_another_authority_or_of_another_time_gets_no_connection() throws Exception {
        try (HttpClient plain = client(Optional.empty())) {
            post(plain, "/v1/tokens", certificate("forger", "ADMIN", "uri:spiffe://example/forger"));
        }
        Authority.Issued forged = STRANGERS.issue("forger", Authority.uri("spiffe://example/forger"));
        Authority.Issued expired = AUTHORITY.issue(
                "forger",
                Instant.now().minus(Duration.ofDays(2)),
                Instant.now().minus(Duration.ofHours(1)),
                Authority.uri("spiffe://example/forger"));
        Authority.Issued good = AUTHORITY.issue("forger", Authority.uri("spiffe://example/forger"));
        try (HttpClient client = insisting(good)) {
            assertThat(send(client, request("/v1/vms")).statusCode()).isEqualTo(200);
        }
        for (Authority.Issued issued : new Authority.Issued[] {forged, expired}) {
            try (HttpClient client = insisting(issued)) {
                assertThatThrownBy(() -> send(client, request("/v1/vms"))).isInstanceOf(IOException.class);
            }
        }
    }

    /** A client that shows its certificate also to a server that has not asked for one of that authority. */
    private static HttpClient insisting(Authority.Issued issued) throws Exception {
        X509ExtendedKeyManager keys = new X509ExtendedKeyManager() {
            @Override
            public String[] getClientAliases(String type, Principal[] issuers) {
                return new String[] {"own"};
            }

            @Override
            public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
                return "own";
            }

            @Override
            public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
                return "own";
            }

            @Override
            public String[] getServerAliases(String type, Principal[] issuers) {
                return new String[0];
            }

            @Override
            public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
                return null;
            }

            @Override
            public X509Certificate[] getCertificateChain(String alias) {
                return new X509Certificate[] {issued.certificate()};
            }

            @Override
            public PrivateKey getPrivateKey(String alias) {
                return issued.keys().getPrivate();
            }
        };
        KeyStore believed = KeyStore.getInstance("PKCS12");
        believed.load(null, null);
        believed.setCertificateEntry("authority", AUTHORITY.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(believed);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {keys}, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    @Test
    void a_gateway_is_known_by_its_certificate_too() throws Exception {
        Authority.Issued gateway = AUTHORITY.issue("hv2", Authority.dns("hv2.example"));
        try (HttpClient plain = client(Optional.empty())) {
            post(
                    plain,
                    "/v1/tokens",
                    "{\"name\":\"gw-hv2\",\"role\":\"GATEWAY\",\"host\":\"hv2\",\"certificate\":\"dns:hv2.example\"}");
        }
        Path certificate = files.resolve("hv2.crt");
        Path key = files.resolve("hv2.key");
        Authority.write(gateway, certificate, key);
        ClientTls tls = new ClientTls(shown.clientAuthority(), Optional.of(new ClientTls.Own(certificate, key)));
        HostName own = new HostName("hv2");
        try (HttpLink link = HttpLink.of(List.of(served.server.url()), own, Optional.empty(), tls)) {
            assertThat(link.await(own, "", Duration.ZERO).cursor()).isEqualTo("cursor-1");
            assertThatThrownBy(() -> link.await(new HostName("hv1"), "", Duration.ZERO))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("403");
        }
    }

    @Test
    void a_gateway_shows_the_certificate_that_was_put_in_place_without_a_restart() throws Exception {
        try (HttpClient plain = client(Optional.empty())) {
            for (String name : List.of("hv3-old", "hv3-new")) {
                post(
                        plain,
                        "/v1/tokens",
                        "{\"name\":\"" + name + "\",\"role\":\"GATEWAY\",\"host\":\"hv3\",\"certificate\":\"dns:" + name
                                + ".example\"}");
            }
            Path certificate = files.resolve("hv3.crt");
            Path key = files.resolve("hv3.key");
            Authority.write(AUTHORITY.issue("hv3", Authority.dns("hv3-old.example")), certificate, key);
            ClientTls tls = new ClientTls(shown.clientAuthority(), Optional.of(new ClientTls.Own(certificate, key)));
            HostName own = new HostName("hv3");
            try (HttpLink link = HttpLink.of(List.of(served.server.url()), own, Optional.empty(), tls)) {
                assertThat(link.await(own, "", Duration.ZERO).cursor()).isEqualTo("cursor-1");

                // Half of a pair, and what is none: the one before stays in use.
                Authority.Issued next = AUTHORITY.issue("hv3", Authority.dns("hv3-new.example"));
                Path other = files.resolve("other.key");
                Authority.write(next, certificate, other);
                Thread.sleep(1_100);
                assertThat(link.await(own, "", Duration.ZERO).cursor()).isEqualTo("cursor-1");
                assertThat(send(
                                        plain,
                                        asAdministrator(request("/v1/tokens/hv3-old"))
                                                .DELETE())
                                .statusCode())
                        .isEqualTo(200);
                assertThatThrownBy(() -> link.await(own, "", Duration.ZERO)).hasMessageContaining("401");

                Authority.write(next, certificate, key);
                await().atMost(SOON)
                        .ignoreExceptions()
                        .until(() -> link.await(own, "", Duration.ZERO).cursor().equals("cursor-1"));
            }
        }
    }

    @Test
    void a_new_certificate_is_taken_while_connections_stand_and_a_bad_one_is_not() throws Exception {
        Path replaced = Files.createDirectory(files.resolve("replaced"));
        TlsFiles links = new TlsFiles(
                replaced.resolve("data").resolve("tls.crt"),
                replaced.resolve("data").resolve("tls.key"),
                Optional.empty());
        Authority.Issued first = server("one");
        point(replaced, "v1", first);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        // Written by the one who looks after the files, read here.
        said.list = new CopyOnWriteArrayList<>();
        Logger log = (Logger) LoggerFactory.getLogger(ServerTls.class);
        said.start();
        log.addAppender(said);
        try (Served server = new Served(
                        new ApiServer.Bind(InetAddress.getLoopbackAddress(), 0, Optional.of(links), Optional.empty()));
                HttpClient standing = client(Optional.empty())) {
            URI url = server.server.url();
            assertThat(subject(url)).isEqualTo("CN=one");
            HttpRequest.Builder live = HttpRequest.newBuilder(url.resolve("/health/live"));
            X509Certificate before = peer(send(standing, live));

            // As cert-manager does it: a link to a directory is swapped.
            point(replaced, "v2", server("two"));
            await().atMost(SOON).until(() -> subject(url).equals("CN=two"));
            assertThat(peer(send(standing, live)))
                    .as("the connection that stood goes on")
                    .isEqualTo(before);

            // As certbot does it: files are renamed into place; the pair does not match for a moment.
            Authority.write(server("three"), links.certificate(), links.key());
            await().atMost(SOON).until(() -> subject(url).equals("CN=three"));

            Authority.Issued expired = AUTHORITY.issue(
                    "four",
                    Instant.now().minus(Duration.ofDays(2)),
                    Instant.now().minusSeconds(60));
            for (Authority.Issued bad :
                    new Authority.Issued[] {expired, new Authority.Issued(first.certificate(), expired.keys())}) {
                long judged = refusals(said) + 1;
                Authority.write(bad, links.certificate(), links.key());
                await().atMost(SOON).until(() -> refusals(said) >= judged);
                assertThat(subject(url)).isEqualTo("CN=three");
            }
            Authority.replace(links.certificate(), "nothing\n", "rw-r--r--");
            Authority.replace(links.key(), "nothing\n", "rw-------");
            Authority.write(server("five"), links.certificate(), links.key());
            await().atMost(SOON).until(() -> subject(url).equals("CN=five"));
        } finally {
            log.detachAppender(said);
        }
    }

    @Test
    void what_cannot_be_used_is_refused_at_the_start_with_its_reason() throws IOException {
        Path bad = Files.createDirectory(files.resolve("bad"));
        TlsFiles named = new TlsFiles(bad.resolve("tls.crt"), bad.resolve("tls.key"), Optional.empty());
        Authority.Issued good = server("good");
        assertRefused(named, "tls.crt");
        Authority.write(good, named.certificate(), named.key());
        Files.setPosixFilePermissions(
                named.key(), java.nio.file.attribute.PosixFilePermissions.fromString("rw----r--"));
        assertRefused(named, "others can use the private key");
        Authority.write(new Authority.Issued(good.certificate(), server("x").keys()), named.certificate(), named.key());
        assertRefused(named, "is not that of the certificate");
        Authority.write(
                AUTHORITY.issue(
                        "old", Instant.now().minusSeconds(7200), Instant.now().minusSeconds(3600)),
                named.certificate(),
                named.key());
        assertRefused(named, "has expired");
        Authority.write(
                AUTHORITY.issue(
                        "new", Instant.now().plusSeconds(3600), Instant.now().plusSeconds(7200)),
                named.certificate(),
                named.key());
        assertRefused(named, "is not valid before");
        Authority.write(good, named.certificate(), named.key());
        Authority.replace(named.key(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "rw-------");
        assertRefused(named, "holds no private key");
        Authority.replace(named.certificate(), "not a certificate\n", "rw-r--r--");
        assertRefused(named, "holds no certificate");
        assertThat(TlsMaterial.read(shown, Instant.now()).toString()).doesNotContain("PRIVATE");
    }

    private static long refusals(ListAppender<ILoggingEvent> said) {
        return List.copyOf(said.list).stream()
                .filter(event -> event.getFormattedMessage().contains("the one before stays"))
                .count();
    }

    private static String subject(URI url) throws IOException {
        try (SSLSocket socket = (SSLSocket) new ClientTls(shown.clientAuthority(), Optional.empty())
                .context()
                .getSocketFactory()
                .createSocket("127.0.0.1", url.getPort())) {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        }
    }

    private static void assertRefused(TlsFiles named, String reason) {
        assertThatThrownBy(() -> TlsMaterial.read(named, Instant.now()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }

    private static void point(Path directory, String version, Authority.Issued issued) throws IOException {
        Path target = Files.createDirectory(directory.resolve(version));
        Authority.write(issued, target.resolve("tls.crt"), target.resolve("tls.key"));
        Path link = directory.resolve("data.new");
        Files.createSymbolicLink(link, Path.of(version));
        Files.move(
                link, directory.resolve("data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static X509Certificate peer(HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).isEqualTo(200);
        return (X509Certificate) response.sslSession().orElseThrow().getPeerCertificates()[0];
    }

    private static String certificate(String name, String role, String known) {
        return "{\"name\":\"" + name + "\",\"role\":\"" + role + "\",\"certificate\":\"" + known + "\"}";
    }

    private static String key(X509Certificate certificate) throws NoSuchAlgorithmException {
        return "key:"
                + HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256")
                                .digest(certificate.getPublicKey().getEncoded()));
    }
}
