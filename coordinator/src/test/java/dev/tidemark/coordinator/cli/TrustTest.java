package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import dev.tidemark.coordinator.testkit.Authority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Optional;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator whose certificate a command does not take. */
@SuppressWarnings("NullAway.Init")
class TrustTest {
    @TempDir
    Path home;

    @Test
    void who_does_not_believe_the_certificate_is_told_which_option_would_help() throws Exception {
        Authority authority = new Authority("Nobody's Authority");
        Authority.Issued identity = authority.issue("coordinator", Authority.address("127.0.0.1"));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", identity.keys().getPrivate(), new char[0], new Certificate[] {identity.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            byte[] body = "{\"vms\":[],\"next\":null}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            Path token = Files.writeString(home.resolve("token"), CommandLineRun.TOKEN);
            Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
            Path file = authority.write(home.resolve("authority.pem"));
            String address = ":" + server.getAddress().getPort();
            Ended unbelieved = list("https://127.0.0.1" + address, token, Optional.empty());
            assertThat(unbelieved.exitCode()).isEqualTo(6);
            assertThat(unbelieved.notes()).contains("--ca FILE");
            // By another name of the same host.
            Ended misnamed = list("https://localhost" + address, token, Optional.of(file));
            assertThat(misnamed.exitCode()).isEqualTo(6);
            assertThat(misnamed.notes()).contains("a host that its certificate is for");
            assertThat(list("https://127.0.0.1" + address, token, Optional.of(file))
                            .exitCode())
                    .isZero();
            server.stop(0);
            assertThat(list("https://127.0.0.1" + address, token, Optional.of(file))
                            .notes())
                    .as("nobody there is another matter")
                    .doesNotContain("--ca FILE");
        } finally {
            server.stop(0);
        }
    }

    private Ended list(String url, Path token, Optional<Path> authority) {
        CommandLineRun commands = new CommandLineRun(home);
        return authority.isPresent()
                ? commands.run(
                        "vm",
                        "list",
                        "--url",
                        url,
                        "--token-file",
                        token.toString(),
                        "--ca",
                        authority.get().toString())
                : commands.run("vm", "list", "--url", url, "--token-file", token.toString());
    }
}
