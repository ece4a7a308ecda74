package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Every command that the documents show has verbs and options that there are. */
class DocumentedCommandsTest {
    private static final Path TOP = Path.of("..");

    /** The launcher's own. */
    private static final Set<String> NOT_OURS = Set.of("test");

    private static final Pattern FENCE = Pattern.compile("^```[a-z]*\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern CALL = Pattern.compile("(?:^|[\\s(]|\\./)tidemark\\s+((?=[a-z-])[^\\n]*)");
    private static final Pattern WORD = Pattern.compile("'[^']*'|\"[^\"]*\"|\\S+");

    private static final CommandSpec MODEL = TidemarkCommand.model();

    /** A command as a document shows it. */
    private record Shown(String document, String words) {}

    @Test
    void every_command_that_is_shown_has_verbs_and_options_that_there_are() throws IOException {
        List<Shown> shown = new ArrayList<>();
        for (Path document : documents()) {
            shown.addAll(shownIn(TOP.relativize(document).toString(), Files.readString(document)));
        }
        assertThat(shown).hasSizeGreaterThan(150);
        assertThat(shown.stream().flatMap(DocumentedCommandsTest::troubles)).isEmpty();
    }

    @Test
    void what_there_is_not_is_found_wherever_it_is_shown() {
        String document = """
                See `tidemark backup begin web`, or `vm add web --qpm /run/web.qmp`, `serve --port 1` and `vm` alone.
                ```
                ./tidemark backup start web --repo default --fully     # --no-such-thing in a remark
                sudo tidemark --home DIR doctor | tidemark frobnicate
                (umask 077; tidemark token create nightly --role operator \\
                    --expire 30d -o json | jq -r .token > nightly.token)
                ./tidemark demo now
                ```
                """;
        assertThat(shownIn("it", document).stream().flatMap(DocumentedCommandsTest::troubles))
                .containsExactlyInAnyOrder(
                        "it: no verb 'begin' in: backup begin web",
                        "it: no option --qpm in: vm add web --qpm /run/web.qmp",
                        "it: no option --fully in: backup start web --repo default --fully",
                        "it: no verb 'frobnicate' in: frobnicate",
                        "it: no option --expire in: token create nightly --role operator --expire 30d -o json",
                        "it: 'now' is one word too many in: demo now");
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> found = Files.list(TOP.resolve("docs"))) {
            return Stream.concat(Stream.of(TOP.resolve("README.md")), found)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    private static List<Shown> shownIn(String name, String document) {
        List<Shown> shown = new ArrayList<>();
        Matcher fences = FENCE.matcher(document);
        while (fences.find()) {
            String lines = fences.group(1).replaceAll("\\\\\\n\\s*", "").replaceAll("(?m)\\s+#.*$", "");
            // What stands behind one command may be another.
            for (String part : lines.split("[|;&]|\\n", -1)) {
                Matcher call = CALL.matcher(part);
                if (call.find()) {
                    shown.add(new Shown(name, call.group(1).strip()));
                }
            }
        }
        Matcher spans = SPAN.matcher(fences.reset().replaceAll(""));
        while (spans.find()) {
            String span = spans.group(1).replaceFirst("^(\\./)?tidemark\\s+", "");
            String first = span.split("\\s", 2)[0];
            boolean ours =
                    !span.equals(spans.group(1)) || (!span.equals(first) && !span.contains(", ") && isVerb(first));
            if (ours) {
                shown.add(new Shown(name, span));
            }
        }
        return shown;
    }

    private static boolean isVerb(String word) {
        return MODEL.subcommands().containsKey(word);
    }

    private static Stream<String> troubles(Shown shown) {
        List<String> troubles = new ArrayList<>();
        CommandSpec spec = MODEL;
        int positionals = 0;
        Matcher words = WORD.matcher(shown.words());
        while (words.find()) {
            String word = words.group().replaceAll("^[\\[(]+|[])…,.]+$", "");
            if (word.startsWith(">") || word.startsWith("<")) {
                // What follows is not for the command.
                break;
            }
            if (word.isEmpty()) {
                continue;
            }
            if (word.startsWith("-") && word.length() > 1) {
                String name = word.split("=", 2)[0];
                OptionSpec option = spec.findOption(name);
                if (option == null) {
                    troubles.add("no option " + name);
                    // Nobody knows whether the next word belongs to it.
                    break;
                } else if (option.arity().min() > 0 && !word.contains("=")) {
                    boolean _ = words.find();
                }
            } else if (spec.subcommands().containsKey(word)) {
                spec = spec.subcommands().get(word).getCommandSpec();
            } else if (!spec.subcommands().isEmpty()) {
                if (!NOT_OURS.contains(word)) {
                    troubles.add("no verb '" + word + "'");
                }
                break;
            } else if (++positionals > most(spec)) {
                troubles.add("'" + word + "' is one word too many");
            }
        }
        return troubles.stream().map(trouble -> shown.document() + ": " + trouble + " in: " + shown.words());
    }

    private static int most(CommandSpec spec) {
        return spec.positionalParameters().stream()
                .map(PositionalParamSpec::arity)
                .mapToInt(arity -> arity.isVariable() ? 1_000 : arity.max())
                .sum();
    }
}
