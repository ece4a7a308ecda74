package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.configuration.Configuration;
import dev.tidemark.coordinator.cli.configuration.Misconfigured;
import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Output;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import dev.tidemark.schema.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs a verb that can be configured as if all that it is told had stood on its command line; every other verb as it is. */
final class ConfiguredRun implements IExecutionStrategy {
    /** An address with somebody's login before its host; a database's may have a slash in it. */
    private static final Pattern WITH_A_LOGIN = Pattern.compile("^jdbc:[^?]*@|://[^/?#]*@");

    private final Session session;
    private final String[] arguments;
    private final IExecutionStrategy asItIs;
    private final Function<Optional<Configuration>, CommandLine> commandLines;

    /**
     * @param asItIs runs the verbs that cannot be configured
     * @param commandLines makes a command line; with a configuration, one that is not configured again
     */
    ConfiguredRun(
            Session session,
            String[] arguments,
            IExecutionStrategy asItIs,
            Function<Optional<Configuration>, CommandLine> commandLines) {
        this.session = session;
        this.arguments = arguments.clone();
        this.asItIs = asItIs;
        this.commandLines = commandLines;
    }

    @Override
    public int execute(ParseResult parsed) {
        ParseResult verb = parsed;
        while (verb.hasSubcommand()) {
            verb = verb.subcommand();
        }
        if (verb.commandSpec().findOption("--config") == null || CommandLine.printHelpIfRequested(parsed)) {
            return asItIs.execute(parsed);
        }
        try {
            Configuration configuration = Configuration.of(verb, session.terminal()::environment);
            List<String> all = new ArrayList<>(List.of(arguments));
            all.addAll(configuration.arguments());
            CommandLine configured = commandLines.apply(Optional.of(configuration));
            String[] words = all.toArray(new String[0]);
            return verb.hasMatchedOption("--show-config")
                    ? show(configuration, configured, words)
                    : configured.execute(words);
        } catch (Misconfigured wrong) {
            session.output().printError(String.valueOf(wrong.getMessage()), "");
            return ExitCode.USAGE.number();
        }
    }

    /** With the place where the value was said that is wrong. */
    static ParameterException placed(ParameterException mistake, Optional<Configuration> configuration) {
        CommandLine.Model.@Nullable ArgSpec wrong = mistake.getArgSpec();
        return configuration
                .filter(said -> wrong != null && wrong.isOption())
                .flatMap(said -> said.origin(
                        ((CommandLine.Model.OptionSpec) java.util.Objects.requireNonNull(wrong)).longestName()))
                .map(origin ->
                        new ParameterException(mistake.getCommandLine(), origin + ": " + mistake.getMessage(), mistake))
                .orElse(mistake);
    }

    private int show(Configuration configuration, CommandLine configured, String[] words) {
        try {
            configured.parseArgs(words);
        } catch (ParameterException wrong) {
            return new CommandErrors(session).misused(placed(wrong, Optional.of(configuration)), words);
        }
        ArrayNode options = Json.MAPPER.createArrayNode();
        Table table = new Table().column("OPTION").column("VALUE").column("FROM");
        configuration.settings().forEach((key, setting) -> {
            List<String> values =
                    setting.values().stream().map(ConfiguredRun::harmless).toList();
            ObjectNode option = options.addObject().put("option", key);
            ArrayNode all = option.putArray("values");
            values.forEach(all::add);
            option.put("origin", setting.origin());
            table.row(key, values.isEmpty() ? Cell.NOTHING : String.join(", ", values), setting.origin());
        });
        ObjectNode document = Json.MAPPER.createObjectNode();
        document.set("options", options);
        new Output(session.terminal(), session.globals().format).print(document, new Page().table(table));
        return ExitCode.OK.number();
    }

    /** Secrets come from files; what was put here by mistake is refused at the start, and not shown before. */
    private static String harmless(String value) {
        return value.toLowerCase(Locale.ROOT).contains("password=")
                        || WITH_A_LOGIN.matcher(value).find()
                ? "(not shown: it holds a password)"
                : value;
    }
}
