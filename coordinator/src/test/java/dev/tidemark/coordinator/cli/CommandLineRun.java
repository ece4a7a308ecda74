package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Runs command lines in this process, against a home in which a coordinator seems to run. */
public final class CommandLineRun {
    static final String TOKEN = "c2VjcmV0LXRva2Vu";

    private final Path home;
    private final Map<String, String> environment = new HashMap<>();
    private boolean lively;

    public CommandLineRun(Path home) {
        this.home = home;
        environment.put("TIDEMARK_HOME", home.toString());
        environment.put("PATH", String.valueOf(System.getenv("PATH")));
    }

    static CommandLineRun against(PlayedCoordinator coordinator, Path home) throws IOException {
        Files.writeString(
                home.resolve("server.json"), "{\"url\":\"" + coordinator.url() + "\",\"pid\":1,\"new\":true}");
        Files.writeString(home.resolve("admin.token"), TOKEN + "\n");
        return new CommandLineRun(home);
    }

    public CommandLineRun with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    CommandLineRun onTerminal() {
        lively = true;
        return this;
    }

    Path home() {
        return home;
    }

    /** How a command line ended. */
    public record Ended(int exitCode, String results, String notes) {}

    public Ended run(String... arguments) {
        return run(new TidemarkCommand(() -> new SilentLocalVerbs()), arguments);
    }

    Ended run(TidemarkCommand command, String... arguments) {
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        ByteArrayOutputStream notes = new ByteArrayOutputStream();
        int exitCode = command.run(new Terminal(results, notes, environment, lively), arguments);
        return new Ended(exitCode, results.toString(StandardCharsets.UTF_8), notes.toString(StandardCharsets.UTF_8));
    }
}
