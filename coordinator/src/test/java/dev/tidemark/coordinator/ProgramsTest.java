package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No program is started by a shell, which would read names as commands. */
class ProgramsTest {
    private static final Pattern SHELL = Pattern.compile(
            "\"(/bin/|/usr/bin/|/usr/bin/env )?(sh|bash|dash|zsh|ksh)( -c.*)?\"|Runtime\\.getRuntime\\(\\)\\.exec");

    private static List<String> shellsIn(String source) {
        return SHELL.matcher(source).results().map(match -> match.group()).toList();
    }

    @Test
    void no_source_names_a_shell() throws IOException {
        List<String> found = new ArrayList<>();
        int sources = 0;
        for (String module : List.of("schema", "qmp-gateway", "coordinator")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    sources++;
                    shellsIn(Files.readString(file)).forEach(shell -> found.add(file + ": " + shell));
                }
            }
        }
        assertThat(sources).isGreaterThan(400);
        assertThat(found).isEmpty();
    }

    @Test
    void a_shell_is_found() {
        assertThat(shellsIn("new ProcessBuilder(\"sh\", \"-c\", name)")).hasSize(1);
        assertThat(shellsIn("List.of(\"/bin/bash\", \"-c\")")).hasSize(1);
        assertThat(shellsIn("Runtime.getRuntime().exec(name)")).hasSize(1);
        assertThat(shellsIn("new ProcessBuilder(\"qemu-img\", \"--\", name)")).isEmpty();
    }
}
