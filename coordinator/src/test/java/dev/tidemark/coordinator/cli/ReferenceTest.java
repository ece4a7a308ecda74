package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.CompletionVerb.Shell;
import dev.tidemark.coordinator.cli.show.Terminal;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Whatever the command line takes stands in the manual and is completed in every shell. */
class ReferenceTest {
    private static final CommandLine ROOT = root();

    private static CommandLine root() {
        TidemarkCommand command = new TidemarkCommand(() -> {
            throw new AssertionError("nothing is run here");
        });
        return command.commandLine(new Session(Terminal.ofProcess(), command));
    }

    private static List<CommandLine> all(CommandLine command) {
        List<CommandLine> found = new ArrayList<>(List.of(command));
        command.getSubcommands().values().forEach(child -> found.addAll(all(child)));
        return found;
    }

    private static String path(CommandLine command) {
        return command.getCommandSpec().qualifiedName("-");
    }

    @Test
    void every_verb_has_a_page_with_all_that_it_takes() {
        Map<String, String> pages = new ManualPages(ROOT).byFile();
        assertThat(pages).hasSameSizeAs(all(ROOT)).containsKeys("tidemark.1", "tidemark-vm-add.1");
        for (CommandLine command : all(ROOT)) {
            String page = pages.get(path(command) + ".1");
            assertThat(page).as(path(command)).isNotNull().contains("tampered with");
            for (OptionSpec option : command.getCommandSpec().options()) {
                for (String name : option.names()) {
                    assertThat(page).contains("\\fB" + name.replace("-", "\\-") + "\\fR");
                }
            }
            command.getSubcommands()
                    .keySet()
                    .forEach(verb -> assertThat(page).contains("\\fB" + verb.replace("-", "\\-") + "\\fR"));
            command.getCommandSpec()
                    .positionalParameters()
                    .forEach(parameter -> assertThat(page)
                            .contains("\\fI" + parameter.paramLabel().replace("-", "\\-")));
        }
    }

    /** Most command lines are read with the model of their verb alone. */
    @Test
    void a_verb_that_is_made_alone_takes_what_it_takes_among_all() {
        ROOT.getSubcommands().forEach((word, among) -> {
            TidemarkCommand command = new TidemarkCommand(() -> {
                throw new AssertionError("nothing is run here");
            });
            CommandLine whole = command.commandLine(new Session(Terminal.ofProcess(), command), Set.of(word), "");
            assertThat(among.getCommandName()).isEqualTo(word);
            assertThat(whole.getSubcommands()).containsOnlyKeys(word);
            assertThat(all(Objects.requireNonNull(whole.getSubcommands().get(word))).stream()
                            .map(CommandLine::getUsageMessage))
                    .isEqualTo(all(among).stream()
                            .map(CommandLine::getUsageMessage)
                            .toList());
        });
    }

    @Test
    void a_verb_of_a_verb_that_is_made_alone_takes_what_it_takes_among_all() {
        int alone = 0;
        for (CommandLine verb : ROOT.getSubcommands().values()) {
            for (CommandLine among : verb.getSubcommands().values()) {
                CommandLine narrowed = narrowed(verb.getCommandName(), among.getCommandName());
                assertThat(narrowed.getCommandName()).isEqualTo(verb.getCommandName());
                CommandLine made =
                        Objects.requireNonNull(narrowed.getSubcommands().get(among.getCommandName()));
                assertThat(all(made).stream().map(CommandLine::getUsageMessage))
                        .isEqualTo(all(among).stream()
                                .map(CommandLine::getUsageMessage)
                                .toList());
                alone += narrowed.getSubcommands().size() == 1 ? 1 : 0;
            }
        }
        assertThat(alone).isGreaterThan(40);
    }

    @Test
    void a_word_that_is_none_of_a_verbs_own_is_held_against_all_of_them() {
        for (String word : List.of("", "lst", "-o", "--help", "label")) {
            assertThat(narrowed("checkpoint", word).getUsageMessage())
                    .isEqualTo(Objects.requireNonNull(ROOT.getSubcommands().get("checkpoint"))
                            .getUsageMessage());
        }
    }

    private static CommandLine narrowed(String verb, String inner) {
        TidemarkCommand command = new TidemarkCommand(() -> {
            throw new AssertionError("nothing is run here");
        });
        return Objects.requireNonNull(
                command.commandLine(new Session(Terminal.ofProcess(), command), Set.of(verb), inner)
                        .getSubcommands()
                        .get(verb));
    }

    @Test
    void a_word_that_is_no_verb_is_held_against_all_of_them() {
        TidemarkCommand command = new TidemarkCommand(() -> {
            throw new AssertionError("nothing is run here");
        });
        assertThat(command.commandLine(new Session(Terminal.ofProcess(), command), Set.of("backups"), "list")
                        .getSubcommands())
                .containsOnlyKeys(ROOT.getSubcommands().keySet());
    }

    @Test
    void no_line_of_a_page_is_taken_for_a_request_that_is_none() {
        assertThat(new ManualPages(ROOT).byFile().values())
                .allSatisfy(page -> assertThat(
                                page.lines().filter(line -> line.startsWith(".") || line.startsWith("'")))
                        .allMatch(line -> line.matches("\\.(TH|SH|TP|BR)( .*)?")));
    }

    @ParameterizedTest
    @EnumSource(Shell.class)
    void every_verb_and_option_is_completed(Shell shell) {
        String script = CompletionVerb.script(ROOT, shell);
        for (CommandLine command : all(ROOT)) {
            assertThat(script).contains(command.getCommandName());
            for (OptionSpec option : command.getCommandSpec().options()) {
                String name = option.longestName();
                assertThat(script).contains(shell == Shell.FISH ? "-l " + name.substring(2) : name);
            }
        }
    }

    @Test
    void the_script_for_bash_is_one(@TempDir Path directory) throws Exception {
        Path script = directory.resolve("tidemark.bash");
        Files.writeString(script, CompletionVerb.script(ROOT, Shell.BASH));
        String asked = "source " + script
                + "; COMP_WORDS=(tidemark v); COMP_CWORD=1; _complete_tidemark; echo \"${COMPREPLY[*]}\""
                + "; COMP_WORDS=(tidemark vm add --qm); COMP_CWORD=3; _complete_tidemark; echo \"${COMPREPLY[*]}\"";
        Process bash = new ProcessBuilder("bash", "-c", asked)
                // It complains that nobody completes anything at the moment.
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream in = bash.getOutputStream()) {
            in.flush();
        }
        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("vm\n--qmp\n");
    }
}
