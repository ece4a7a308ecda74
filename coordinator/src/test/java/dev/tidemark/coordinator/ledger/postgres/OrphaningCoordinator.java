package dev.tidemark.coordinator.ledger.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** A coordinator in a JVM of its own, made to be killed while its server runs. */
final class OrphaningCoordinator {
    private OrphaningCoordinator() {}

    static Process start(Path home) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        OrphaningCoordinator.class.getName(),
                        home.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Waits until the server runs and has written something; returns its process id. */
    static long serverOf(Process coordinator) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(coordinator.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("server ")) {
                return Long.parseLong(line.substring("server ".length()));
            }
        }
        throw new IOException("the coordinator ended before its server ran");
    }

    public static void main(String[] arguments) throws Exception {
        EmbeddedServer server = EmbeddedServer.start(Path.of(arguments[0]));
        Database database = server.database("tidemark");
        EmbeddedServerIT.note(database, "written before the kill");
        System.out.println("server " + server.process().orElseThrow().pid());
        Thread.sleep(Duration.ofMinutes(5));
    }
}
