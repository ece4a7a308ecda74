package dev.tidemark.coordinator.webhook;

import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A sender in a JVM of its own, made to be killed while it sends. */
final class SenderProcess {
    private SenderProcess() {}

    /** One that sends to this receiver alone, as the application that this pool connects; how the database is reached goes to its standard input. */
    static Process start(DataSource database, Path keyFile, String receiver) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SenderProcess.class.getName(),
                        keyFile.toString(),
                        receiver)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        PGSimpleDataSource reached = (PGSimpleDataSource) ((HikariDataSource) database).getDataSource();
        try (OutputStream in = process.getOutputStream()) {
            in.write((reached.getUrl() + "\n" + reached.getUser() + "\n" + reached.getPassword() + "\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
        return process;
    }

    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource database = new PGSimpleDataSource();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            database.setUrl(in.readLine());
            database.setUser(in.readLine());
            database.setPassword(in.readLine());
        }
        Patience patience = new Patience(
                100,
                Duration.ofMillis(10),
                Duration.ofMillis(40),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(20));
        try (Webhooks _ = Webhooks.start(
                database,
                new AllowedReceivers(List.of(AllowedReceivers.prefix(arguments[1])), List.of()),
                SealingKey.at(Path.of(arguments[0])),
                Clock.systemUTC(),
                patience,
                (SSLSocketFactory) SSLSocketFactory.getDefault())) {
            // Nobody ends it but whoever kills it.
            Thread.sleep(Duration.ofMinutes(2));
        }
    }
}
