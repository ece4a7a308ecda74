package dev.tidemark.coordinator.ledger.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One short-lived program, run to its end. */
record ExternalCommand(int exitCode, String output) {

    boolean succeeded() {
        return exitCode == 0;
    }

    /** Runs a command; its output goes through a file, because a pipe would be held open by a server that it starts. */
    static ExternalCommand run(List<String> command, Path workingDirectory, Duration limit) {
        try {
            Path output = Files.createTempFile("tidemark-command", ".log");
            try {
                return run(command, workingDirectory, limit, output);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException failure) {
            return new ExternalCommand(-1, failure.getMessage() == null ? failure.toString() : failure.getMessage());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return new ExternalCommand(-1, "interrupted");
        }
    }

    private static ExternalCommand run(List<String> command, Path workingDirectory, Duration limit, Path output)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(workingDirectory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        // PGDATA, PGPORT, PGOPTIONS and the like in the caller's environment would steer our server.
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TZ", "UTC");
        Process process = builder.start();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            return new ExternalCommand(-1, command.getFirst() + " did not end within " + limit);
        }
        return new ExternalCommand(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }
}
