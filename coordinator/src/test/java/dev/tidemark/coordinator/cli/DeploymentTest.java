package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** What is shipped to run Tidemark with says nothing that the command line does not take. */
@SuppressWarnings("NullAway.Init")
class DeploymentTest {
    private static final Path ROOT = Path.of("..");
    private static final Path DEPLOY = Path.of("src", "main", "deploy");
    private static final Pattern PINNED = Pattern.compile("[a-z0-9./-]+:[0-9]+\\.[0-9]+[a-z0-9._-]*");
    private static final Pattern SECRET = Pattern.compile("/run/secrets/([a-z.-]+)");

    @TempDir
    Path home;

    private final SilentLocalVerbs verbs = new SilentLocalVerbs();

    private CommandLineRun.Ended run(List<String> arguments) {
        return new CommandLineRun(home).run(new TidemarkCommand(() -> verbs), arguments.toArray(new String[0]));
    }

    @Test
    void every_service_to_try_can_be_started_as_it_is_written() throws IOException {
        String compose = Files.readString(ROOT.resolve("docker-compose.yml"));
        assertThat(faults(compose)).isEmpty();
        assertThat(verbs.asked).hasSize(2);
        assertThat(((ServeOptions) verbs.asked.get(0)).gateway()).isFalse();
        assertThat(((GatewayOptions) verbs.asked.get(1)).coordinators()).hasSize(1);
        // and a slip would be seen
        assertThat(faults(compose.replace("--no-gateway", "--no-gatway"))).hasSize(1);
        assertThat(faults(compose.replace("      - --plain-http\n", ""))).hasSize(1);
        assertThat(faults(compose.replace("postgres:17.11", "postgres:latest"))).hasSize(1);
        assertThat(faults(compose.replace("127.0.0.1:8391:8391", "8391:8391"))).hasSize(1);
        assertThat(faults(compose.replace("secrets: [gateway.token]", "secrets: []")))
                .hasSize(1);
        assertThat(faults(compose.replace("PASSWORD_FILE: /run/secrets/postgres-password", "PASSWORD: x")))
                .hasSize(1);
        assertThat(faults(compose.replace("\"machine:/run/vm\"", "\"machines:/run/vm\"")))
                .hasSize(2);
    }

    private List<String> faults(String text) {
        Map<String, Object> compose = new Yaml().load(text);
        List<String> faults = new ArrayList<>();
        members(compose, "services").forEach((name, value) -> {
            Map<String, Object> service = map(value);
            if (!PINNED.matcher(String.valueOf(service.get("image"))).matches()) {
                faults.add(name + " has an image of no version");
            }
            list(service, "ports").stream()
                    .filter(port -> !port.startsWith("127.0.0.1:"))
                    .forEach(port -> faults.add(name + " listens to everybody: " + port));
            if (service.containsKey("build") && !service.containsKey("entrypoint")) {
                CommandLineRun.Ended ended = run(list(service, "command"));
                if (ended.exitCode() != 0) {
                    faults.add(name + ": " + ended.notes());
                }
            }
            members(service, "environment").keySet().stream()
                    .filter(variable -> variable.contains("PASSWORD") && !variable.endsWith("_FILE"))
                    .forEach(variable -> faults.add(name + " has a secret in " + variable));
            Matcher secrets = SECRET.matcher(service.get("command") + " " + service.get("environment"));
            while (secrets.find()) {
                if (!list(service, "secrets").contains(secrets.group(1))) {
                    faults.add(name + " is not given " + secrets.group(1));
                }
            }
            list(service, "secrets").stream()
                    .filter(secret ->
                            !members(members(compose, "secrets"), secret).containsKey("file"))
                    .forEach(secret -> faults.add("there is no file of secret " + secret));
            list(service, "volumes").stream()
                    .map(volume -> volume.substring(0, volume.indexOf(':')))
                    .filter(volume -> !members(compose, "volumes").containsKey(volume))
                    .forEach(volume -> faults.add("there is no volume " + volume));
        });
        return faults;
    }

    @Test
    void the_image_is_made_of_what_is_there_on_a_base_of_a_version() throws IOException {
        String recipe = Files.readString(DEPLOY.resolve("Containerfile"));
        Matcher base = Pattern.compile("(?m)^ARG BASE=(.+)$").matcher(recipe);
        assertThat(base.find()).isTrue();
        assertThat(base.group(1)).matches(PINNED);
        assertThat(recipe.lines().filter(line -> line.startsWith("FROM ")))
                .allMatch(line -> line.startsWith("FROM ${BASE}"));
        List<String> copied = recipe.lines()
                .filter(line -> line.startsWith("COPY ") && !line.contains("--from"))
                .flatMap(line -> {
                    List<String> words = List.of(line.split(" +", -1));
                    return words.subList(1, words.size() - 1).stream();
                })
                .toList();
        assertThat(copied)
                .contains("pom.xml", "coordinator/src/main")
                .allMatch(path -> Files.exists(ROOT.resolve(path)));
        // Whoever starts it in a container waits half as long, if the launcher knows what it is told there.
        assertThat(recipe).contains("/opt/tidemark/tidemark train-start");
        assertThat(Files.readString(ROOT.resolve("tidemark"))).contains("    train-start)\n");
        // Every module that is built has to be there.
        Matcher modules = Pattern.compile("<module>(.+)</module>").matcher(Files.readString(ROOT.resolve("pom.xml")));
        while (modules.find()) {
            assertThat(copied).contains(modules.group(1) + "/pom.xml", modules.group(1) + "/src/main");
        }
    }

    @Test
    void each_unit_starts_what_the_command_line_takes() throws IOException {
        for (String unit : List.of("coordinator", "gateway")) {
            String text = Files.readString(DEPLOY.resolve("tidemark-" + unit + ".service"));
            String options = setting(Files.readString(DEPLOY.resolve(unit + ".env")), "TIDEMARK_OPTIONS");
            String started = setting(text, "ExecStart")
                    .replaceFirst("^\\S+ ", "")
                    .replace("${TIDEMARK_COORDINATOR}", "http://127.0.0.1:8391")
                    .replace("${TIDEMARK_HOST}", "alpha")
                    .replace("${CREDENTIALS_DIRECTORY}", "/run/credentials/x")
                    .replace("$TIDEMARK_OPTIONS", options);
            CommandLineRun.Ended ended = run(List.of(started.split(" +", -1)));
            assertThat(ended.notes()).as(started).isEmpty();
            assertThat(ended.exitCode()).as(started).isZero();
        }
        assertThat(verbs.asked).hasSize(2);
    }

    @Test
    void systemd_understands_each_line_of_the_units() throws Exception {
        for (String unit : List.of("coordinator", "gateway")) {
            String text = Files.readString(DEPLOY.resolve("tidemark-" + unit + ".service"));
            assertThat(objections(unit, text)).isEmpty();
            // and a slip would be seen
            assertThat(objections(unit, text.replace("ProtectClock=", "ProtectClok=")))
                    .contains("ProtectClok");
            assertThat(objections(unit, text.replace("Type=notify", "Type=notfy")))
                    .contains("notfy");
            assertThat(objections(unit, text.replace("=@system-service", "=@system-servce")))
                    .contains("servce");
        }
    }

    /** What systemd says of a unit, but for the program that is not installed here. */
    private String objections(String unit, String text) throws Exception {
        Path directory = Files.createDirectories(home.resolve("units"));
        Path file = directory.resolve("tidemark-" + unit + ".service");
        Files.writeString(file, text.replace("ExecStart=/opt/tidemark/tidemark", "ExecStart=/bin/true"));
        Path fetched =
                ROOT.resolve("target").resolve("systemd").toAbsolutePath().normalize();
        boolean own = Files.isDirectory(fetched);
        ProcessBuilder builder = new ProcessBuilder(
                own ? fetched.resolve("systemd-analyze").toString() : "systemd-analyze",
                "verify",
                "--man=no",
                file.toString());
        if (own) {
            builder.environment().put("LD_LIBRARY_PATH", fetched.toString());
            builder.environment()
                    .put("SYSTEMD_UNIT_PATH", fetched.resolve("units").toString());
        }
        Process process;
        try {
            process = builder.redirectErrorStream(true).start();
        } catch (IOException missing) {
            throw new AssertionError(
                    "systemd-analyze is missing. ./tidemark test fetches it; or: apt-get install systemd", missing);
        }
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        // It looks at the host's other units as well, where there are some.
        return said.lines().filter(line -> line.contains(unit)).collect(Collectors.joining("\n"));
    }

    private static String setting(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name + "="))
                .reduce((first, last) -> last)
                .orElseThrow()
                .substring(name.length() + 1);
    }

    private static Map<String, Object> members(Map<String, Object> map, String key) {
        return map.containsKey(key) ? map(map.get(key)) : Map.of();
    }

    /** An empty entry has none, too. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@org.jspecify.annotations.Nullable Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    private static List<String> list(Map<String, Object> map, String key) {
        return map.get(key) instanceof List<?> values
                ? values.stream().map(String::valueOf).toList()
                : List.of();
    }
}
