package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.configuration.Configuration;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.CommandSpec;

/** Options that come from a file and from the environment. */
@SuppressWarnings("NullAway.Init")
class ConfigurationTest {
    private static final Path EXAMPLE = Path.of("..", "docs", "tidemark.example.yaml");
    private static final List<String> VERBS = List.of("serve", "gateway");

    @TempDir
    Path home;

    private final SilentLocalVerbs verbs = new SilentLocalVerbs();

    private CommandLineRun.Ended run(Map<String, String> environment, String... arguments) {
        CommandLineRun run = new CommandLineRun(home);
        environment.forEach(run::with);
        return run.run(new TidemarkCommand(() -> verbs), arguments);
    }

    private Path file(String text) throws IOException {
        Path file = Files.createTempFile(home, "tidemark", ".yaml");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return Files.writeString(file, text);
    }

    private void refused(String text, String... reasons) throws IOException {
        Path file = file(text);
        CommandLineRun.Ended ended = run(Map.of(), "serve", "--config", file.toString());
        assertThat(ended.exitCode()).as(text).isEqualTo(2);
        assertThat(ended.notes()).as(text).contains(file.toString()).contains(reasons);
        assertThat(verbs.asked).as(text).isEmpty();
    }

    @Test
    void the_example_as_it_stands_is_what_is_usual() {
        assertThat(run(Map.of(), "serve").exitCode()).isZero();
        assertThat(run(Map.of(), "serve", "--config", EXAMPLE.toString()).exitCode())
                .isZero();
        assertThat(verbs.asked.get(1)).isEqualTo(verbs.asked.get(0));
        String[] gateway = {"gateway", "--coordinator=http://c:1", "--host=b", "--token-file=/t"};
        assertThat(run(Map.of(), gateway).exitCode()).isZero();
        assertThat(run(Map.of("TIDEMARK_CONFIG", EXAMPLE.toString()), gateway).exitCode())
                .isZero();
        assertThat(verbs.asked.get(3)).isEqualTo(verbs.asked.get(2));
    }

    @Test
    void the_example_names_every_option_and_all_of_it_can_be_used() throws IOException {
        String example = Files.readString(EXAMPLE);
        assertThat(missing(example)).isEmpty();
        // and a slip would be seen
        assertThat(missing(example.replace("jobs-per-host:", "job-per-host:"))).containsExactly("serve jobs-per-host");
        // when every mark is taken away
        String all = Pattern.compile("^  # ([a-z-]+: )", Pattern.MULTILINE)
                .matcher(example)
                .replaceAll("  $1");
        Path file = file(all);
        for (String verb : VERBS) {
            CommandLineRun.Ended ended = run(Map.of(), verb, "--config", file.toString(), "--show-config", "-ojson");
            assertThat(ended.notes()).isEmpty();
            assertThat(ended.exitCode()).isZero();
            assertThat(ended.results()).doesNotContain("\"default\"");
        }
        assertThat(verbs.asked).isEmpty();
    }

    private static List<String> missing(String example) {
        int gateway = example.indexOf("\ngateway:");
        return VERBS.stream()
                .flatMap(verb -> {
                    String section = verb.equals("serve") ? example.substring(0, gateway) : example.substring(gateway);
                    return Configuration.options(spec(verb)).keySet().stream()
                            .filter(key -> !Pattern.compile("^  (# )?" + key + ":", Pattern.MULTILINE)
                                    .matcher(section)
                                    .find())
                            .map(key -> verb + " " + key);
                })
                .toList();
    }

    private static CommandSpec spec(String verb) {
        return Objects.requireNonNull(TidemarkCommand.model().subcommands().get(verb))
                .getCommandSpec();
    }

    @Test
    void the_command_line_counts_then_the_environment_then_the_file() throws IOException {
        Path file = file("""
                serve:
                  port: 1
                  bind: ::1
                  jobs-per-host: 3
                  no-gateway: true
                  allow-target: [/dev/mapper, 'nbd://store:10809']
                  repository: {a: /a, "b": /b c}
                gateway:
                  coordinator: http://c:1
                """);
        Map<String, String> environment = Map.of(
                "TIDEMARK_CONFIG", file.toString(),
                "TIDEMARK_PORT", "2",
                "TIDEMARK_BIND", "127.0.0.2",
                "TIDEMARK_REPOSITORY", "x=/x; y=/y z ");
        assertThat(run(environment, "serve", "--port=3").exitCode()).isZero();
        ServeOptions options = (ServeOptions) verbs.asked.getFirst();
        assertThat(options.endpoint().port()).isEqualTo(3);
        assertThat(options.endpoint().bind()).isEqualTo("127.0.0.2");
        assertThat(options.jobs().perHost()).hasValue(3);
        assertThat(options.gateway()).isFalse();
        assertThat(options.work().allowedTargets()).hasSize(2);
        assertThat(options.work().repositories())
                .isEqualTo(Map.of(new RepositoryName("x"), Path.of("/x"), new RepositoryName("y"), Path.of("/y z")));
        CommandLineRun.Ended shown = run(environment, "serve", "--port=3", "--show-config");
        assertThat(shown.exitCode()).isZero();
        assertThat(shown.results().lines().map(line -> line.strip().replaceAll("  +", "|")))
                .contains("port|3|command line", "bind|127.0.0.2|TIDEMARK_BIND", "log-format|TEXT|default");
        assertThat(verbs.asked).hasSize(1);
    }

    @Test
    void what_a_gateway_needs_may_come_from_anywhere() throws IOException {
        Path file = file("gateway: {coordinator: 'http://c:1', token-file: /t}\n");
        assertThat(run(Map.of("TIDEMARK_HOST", "kvm2"), "gateway", "--config=" + file)
                        .exitCode())
                .isZero();
        assertThat(((GatewayOptions) verbs.asked.getFirst()).host().value()).isEqualTo("kvm2");
        assertThat(run(Map.of(), "gateway", "--config=" + file).exitCode()).isEqualTo(2);
    }

    @Test
    void a_wrong_value_is_told_with_its_place() throws IOException {
        refused("serve: {port: many}\n", "--port");
        refused("serve: {repository: {.a: /a}}\n", "--repository");
        CommandLineRun.Ended ended = run(Map.of("TIDEMARK_STALL_LIMIT", "soon"), "serve");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.notes()).contains("TIDEMARK_STALL_LIMIT", "soon");
    }

    @Test
    void what_is_not_known_is_refused_with_what_was_meant() throws IOException {
        refused("serve: {prot: 1}\n", "'prot'", "did you mean 'port'?");
        refused("sevre: {port: 1}\n", "'sevre'", "did you mean 'serve'?");
        refused("gateway: {jobs-per-host: 1}\n", "'jobs-per-host'");
        refused("serve: {config: /x}\n", "'config'");
        refused("serve: {url: 'http://x'}\n", "'url'");
    }

    @Test
    void a_file_that_is_no_plain_configuration_is_refused() throws IOException {
        refused("serve: [1]\n", "keys");
        refused("[serve]\n", "section");
        refused("serve: {port: {a: {b: 1}}}\n", "value");
        refused("serve: {port: }\n", "value");
        refused("serve: {port: [1, 2]}\n", "2 values");
        refused("serve: {no-gateway: maybe}\n", "true or false");
        refused("serve: {port: 1, port: 2}\n", "port");
        refused("serve: {port: 1}\nserve: {port: 2}\n", "serve");
        refused("serve: {port: !!int 1}\n", "tags");
        refused("serve: {bind: &a x, host: *a}\n", "anchors");
        refused("serve: {port: 1}\n---\nserve: {port: 2}\n", "one document");
        refused("serve: {port: 1\n", "not YAML");
        refused("# " + "x".repeat(70_000) + "\n", "longer");
    }

    @Test
    void a_file_that_others_could_have_written_is_refused() throws IOException {
        Path file = file("serve: {port: 1}\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        CommandLineRun.Ended ended = run(Map.of(), "serve", "--config", file.toString());
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.notes()).contains("written by others", "chmod go-w");
        assertThat(run(Map.of(), "serve", "--config", home.resolve("none").toString())
                        .exitCode())
                .isEqualTo(2);
        assertThat(run(Map.of(), "serve", "--config", home.toString()).exitCode())
                .isEqualTo(2);
        assertThat(verbs.asked).isEmpty();
    }

    @Test
    void a_password_that_was_put_here_by_mistake_is_not_shown() {
        for (String address :
                List.of("jdbc:postgresql://db/t?password=hunter2", "jdbc:postgresql://tidemark:hunter2@db/t")) {
            CommandLineRun.Ended ended = run(Map.of("TIDEMARK_DATABASE_URL", address), "serve", "--show-config");
            assertThat(ended.exitCode()).isZero();
            assertThat(ended.results() + ended.notes())
                    .doesNotContain("hunter2")
                    .contains("(not shown");
        }
    }
}
