package dev.tidemark.coordinator.cli.configuration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * What a verb is told besides its command line. What is said there counts; then the environment, then the file, then what is usual. An
 * option that takes several values takes all of them from one of these.
 */
public final class Configuration {
    /** Read if it is there and nothing else is named. */
    public static final Path USUAL_FILE = Path.of("/etc/tidemark/tidemark.yaml");

    private static final String VARIABLE_PREFIX = "TIDEMARK_";
    private static final String BETWEEN_VALUES = ";";

    /** What one invocation is told by its command line alone. */
    private static final Set<String> NOT_CONFIGURED =
            Set.of("config", "show-config", "help", "output", "url", "take-over");

    /** How a coordinator is asked, which is nothing to one that is asked. */
    private static final Set<String> OF_CLIENTS = Set.of("token-file", "ca", "client-certificate", "client-key");

    private final Map<String, Setting> settings;

    /**
     * What an option is set to.
     *
     * @param values as they are written; none for a switch that is off, and for what has no usual value
     * @param origin where that was said
     */
    public record Setting(OptionSpec option, List<String> values, String origin, boolean onCommandLine) {
        public Setting {
            values = List.copyOf(values);
        }
    }

    private Configuration(Map<String, Setting> settings) {
        this.settings = settings;
    }

    /**
     * Gathers it.
     *
     * @param variables the value of an environment variable; empty if it is not set
     * @throws Misconfigured if a file or a variable cannot be taken
     */
    public static Configuration of(ParseResult parsed, UnaryOperator<String> variables) {
        CommandSpec verb = parsed.commandSpec();
        Map<String, OptionSpec> options = options(verb);
        Optional<Path> file = file(parsed, variables);
        Map<String, List<String>> section =
                file.map(found -> section(found, verb, options)).orElse(Map.of());
        Map<String, Setting> settings = new LinkedHashMap<>();
        options.forEach((key, option) -> {
            String variable = variables.apply(variable(key));
            List<String> written = section.get(key);
            if (matched(parsed, option)) {
                settings.put(key, new Setting(option, shown(parsed, option), "command line", true));
            } else if (!variable.isEmpty()) {
                settings.put(key, new Setting(option, split(option, variable), variable(key), false));
            } else if (written != null) {
                settings.put(key, new Setting(option, written, String.valueOf(file.orElseThrow()), false));
            } else {
                settings.put(key, new Setting(option, usual(option), "default", true));
            }
        });
        return new Configuration(settings);
    }

    /** By their keys, in the order of the help. */
    public Map<String, Setting> settings() {
        return settings;
    }

    /** What has to be added to the command line. */
    public List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        settings.forEach((key, setting) -> {
            if (setting.onCommandLine()) {
                return;
            }
            boolean isSwitch = setting.option().arity().max() == 0;
            if (!isSwitch
                    && !setting.option().isMultiValue()
                    && setting.values().size() != 1) {
                throw new Misconfigured(setting.origin() + " gives '" + key + "' "
                        + setting.values().size() + " values, and it takes one");
            }
            for (String value : setting.values()) {
                if (!isSwitch) {
                    arguments.add(setting.option().longestName() + "=" + value);
                } else if (value.equals("true")) {
                    arguments.add(setting.option().longestName());
                } else if (!value.equals("false")) {
                    throw new Misconfigured(setting.origin() + " gives '" + key + "' the value '" + value
                            + "', and it takes true or false");
                }
            }
        });
        return arguments;
    }

    /** Where it was said, if it was not on the command line. */
    public Optional<String> origin(String optionName) {
        return settings.values().stream()
                .filter(setting -> setting.option().longestName().equals(optionName) && !setting.onCommandLine())
                .map(Setting::origin)
                .findFirst();
    }

    /** All that can be said of a verb in a file, by its key. */
    public static Map<String, OptionSpec> options(CommandSpec verb) {
        Map<String, OptionSpec> options = new LinkedHashMap<>();
        for (OptionSpec option : verb.options()) {
            String key = option.longestName().replaceFirst("^--", "");
            if (!NOT_CONFIGURED.contains(key)
                    && !(OF_CLIENTS.contains(key) && verb.name().equals("serve"))) {
                options.put(key, option);
            }
        }
        return options;
    }

    /** The variable for a key. */
    public static String variable(String key) {
        return VARIABLE_PREFIX + key.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static Optional<Path> file(ParseResult parsed, UnaryOperator<String> variables) {
        Path named = parsed.matchedOptionValue("--config", (@Nullable Path) null);
        if (named != null) {
            return Optional.of(named);
        }
        String variable = variables.apply(variable("config"));
        if (!variable.isEmpty()) {
            return Optional.of(Path.of(variable).toAbsolutePath());
        }
        return Files.exists(USUAL_FILE) ? Optional.of(USUAL_FILE) : Optional.empty();
    }

    /** The keys of the verb; a section of another verb is looked at, too: a slip there is a slip. */
    private static Map<String, List<String>> section(Path file, CommandSpec verb, Map<String, OptionSpec> options) {
        Map<String, Map<String, List<String>>> sections = ConfigurationFile.read(file);
        Map<String, OptionSpec> known = new LinkedHashMap<>();
        Objects.requireNonNull(verb.parent()).subcommands().forEach((name, command) -> {
            if (command.getCommandSpec().findOption("--config") != null) {
                known.put(name, command.getCommandSpec().findOption("--config"));
                Map<String, List<String>> section = sections.get(name);
                if (section != null) {
                    refuseUnknown(
                            file, section, options(command.getCommandSpec()).keySet(), "key");
                }
            }
        });
        refuseUnknown(file, sections, known.keySet(), "section");
        Map<String, List<String>> own = sections.getOrDefault(verb.name(), Map.of());
        refuseUnknown(file, own, options.keySet(), "key");
        return own;
    }

    private static void refuseUnknown(Path file, Map<String, ?> given, Set<String> known, String what) {
        for (String one : given.keySet()) {
            if (!known.contains(one)) {
                throw new Misconfigured(file + " has a " + what + " that is not known: '" + one + "'"
                        + Nearest.to(one, known)
                                .map(near -> "; did you mean '" + near + "'?")
                                .orElse("; there are " + String.join(", ", known)));
            }
        }
    }

    /** Options of all verbs may stand before the verb. */
    private static boolean matched(ParseResult parsed, OptionSpec option) {
        return parsed.hasMatchedOption(option.longestName())
                || (option.inherited()
                        && Objects.requireNonNull(parsed.commandSpec().parent())
                                        .commandLine()
                                        .getParseResult()
                                != null
                        && Objects.requireNonNull(parsed.commandSpec().parent())
                                .commandLine()
                                .getParseResult()
                                .hasMatchedOption(option.longestName()));
    }

    private static List<String> shown(ParseResult parsed, OptionSpec option) {
        OptionSpec matched = parsed.matchedOption(option.longestName());
        if (matched == null) {
            return List.of();
        }
        return matched.arity().max() == 0 ? List.of("true") : matched.originalStringValues();
    }

    private static List<String> usual(OptionSpec option) {
        Object value = option.initialValue();
        return value == null || option.isMultiValue() || Boolean.FALSE.equals(value)
                ? List.of()
                : List.of(value.toString());
    }

    private static List<String> split(OptionSpec option, String variable) {
        return option.isMultiValue()
                ? java.util.Arrays.stream(variable.split(BETWEEN_VALUES, -1))
                        .map(String::strip)
                        .filter(value -> !value.isEmpty())
                        .toList()
                : List.of(variable);
    }
}
