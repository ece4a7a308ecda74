package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark man}: the manual pages of this version, one for each verb. */
@Command(name = "man", description = "Writes the manual pages into a directory; read one with man -l DIR/tidemark.1.")
@SuppressWarnings("NullAway.Init") // picocli fills what is required before it calls
final class ManualVerb implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DIR", description = "Made if it is not there.")
    private Path directory;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Map<String, String> pages = new ManualPages(spec.root().commandLine()).byFile();
        try {
            Files.createDirectories(directory);
            for (Map.Entry<String, String> page : pages.entrySet()) {
                Files.writeString(directory.resolve(page.getKey()), page.getValue(), StandardCharsets.UTF_8);
            }
        } catch (IOException failure) {
            throw Failure.local(
                    ExitCode.FAILED,
                    "NOT_WRITTEN",
                    "the pages cannot be written: " + failure.getMessage(),
                    "choose a directory that you can write");
        }
        spec.commandLine().getOut().println(pages.size() + " pages in " + directory);
        return ExitCode.OK.number();
    }
}
