package dev.tidemark.coordinator.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Keys as a server and its clients have them, made by the JDK's own keytool. */
final class Keys {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Base64.Encoder PEM = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private final Path directory;

    private Keys(Path directory) {
        this.directory = directory;
    }

    /** An authority with a server and a client; and a client of another authority that calls itself by the same name. */
    static Keys certificates(Path directory) {
        Keys keys = new Keys(directory);
        keys.keytool("theirs", "ca", List.of("-ext", "bc:c", "-ext", "ku:c=keyCertSign"));
        keys.keytool(
                "theirs", "server", List.of("-signer", "ca", "-ext", "san=ip:127.0.0.1", "-ext", "eku=serverAuth"));
        keys.keytool("theirs", "client", List.of("-signer", "ca", "-ext", "eku=clientAuth"));
        keys.keytool("other", "ca", List.of("-ext", "bc:c", "-ext", "ku:c=keyCertSign"));
        keys.keytool("other", "client", List.of("-signer", "ca", "-ext", "eku=clientAuth"));
        keys.write("server", "theirs", "server");
        keys.write("client", "theirs", "client");
        keys.write("stranger", "other", "client");
        // The stranger knows whom to trust, and is not trusted.
        keys.copy("server/ca-cert.pem", "stranger/ca-cert.pem");
        keys.copy("server/ca-cert.pem", "nobody/ca-cert.pem");
        return keys;
    }

    /** A key that a server and a client share; the stranger has another one under the same name. */
    static Keys shared(Path directory) {
        Keys keys = new Keys(directory);
        Random random = new Random(directory.toString().hashCode());
        for (String holder : List.of("server", "stranger")) {
            byte[] key = new byte[32];
            random.nextBytes(key);
            keys.text(holder + "/keys.psk", "backup:" + HexFormat.of().formatHex(key) + "\n");
        }
        keys.copy("server/keys.psk", "client/keys.psk");
        return keys;
    }

    /** What one of them has. */
    Path of(String holder) {
        return directory.resolve(holder);
    }

    private Path store(String authority) {
        return directory.resolve(authority + ".p12");
    }

    private void keytool(String authority, String alias, List<String> more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store(authority).toString(),
                "-storepass",
                String.valueOf(PASSWORD),
                "-alias",
                alias,
                "-dname",
                "CN=" + alias,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "2"));
        command.addAll(more);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("keytool.log").toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(command + " failed: " + Files.readString(directory.resolve("keytool.log")));
            }
        } catch (IOException failure) {
            throw new AssertionError(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private void write(String holder, String authority, String alias) {
        try (InputStream stored = Files.newInputStream(store(authority))) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(stored, PASSWORD);
            text(
                    holder + "/ca-cert.pem",
                    pem("CERTIFICATE", store.getCertificate("ca").getEncoded()));
            text(
                    holder + "/" + alias + "-cert.pem",
                    pem("CERTIFICATE", store.getCertificate(alias).getEncoded()));
            text(
                    holder + "/" + alias + "-key.pem",
                    pem("PRIVATE KEY", store.getKey(alias, PASSWORD).getEncoded()));
        } catch (IOException | GeneralSecurityException failure) {
            throw new AssertionError(failure);
        }
    }

    private static String pem(String what, byte[] encoded) {
        return "-----BEGIN " + what + "-----\n" + PEM.encodeToString(encoded) + "\n-----END " + what + "-----\n";
    }

    private void copy(String from, String to) {
        try {
            text(to, Files.readString(directory.resolve(from)));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private void text(String file, String content) {
        Path path = directory.resolve(file);
        try {
            Files.createDirectories(path.resolveSibling("."));
            Files.writeString(path, content);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
