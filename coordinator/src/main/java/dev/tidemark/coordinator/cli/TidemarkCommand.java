package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.CoordinatorMain;
import dev.tidemark.coordinator.cli.configuration.Configuration;
import dev.tidemark.coordinator.cli.show.Terminal;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/** {@code tidemark}: the one entry point. Assembles the verbs; each lives in a file of its own. */
@Command(
        name = "tidemark",
        description = "An event-sourced backup coordinator for QEMU/KVM.",
        synopsisSubcommandLabel = "VERB",
        footer = {
            "",
            "Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 conflict, 5 denied, 6 unavailable,",
            "7 a full backup is required, 8 outcome unknown, 9 the log was tampered with."
        })
public final class TidemarkCommand extends GlobalOptions implements Runnable {
    /** picocli refuses to write help that is narrower. */
    private static final int HELP_WIDTH_MIN = 55;

    private final Supplier<LocalVerbs> localVerbs;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls
    private CommandSpec spec;

    /** @param localVerbs asked for only when one of them is to run */
    public TidemarkCommand(Supplier<LocalVerbs> localVerbs) {
        this.localVerbs = localVerbs;
    }

    /** The process ends with the code of the verb. */
    public static void main(String[] arguments) {
        int exitCode = new TidemarkCommand(() -> CoordinatorMain.localVerbs()).run(Terminal.ofProcess(), arguments);
        System.exit(exitCode);
    }

    /** Runs one command line; never throws. */
    public int run(Terminal terminal, String... arguments) {
        return configurable(terminal, arguments, Optional.empty()).execute(arguments);
    }

    /** With a configuration, its words are among the arguments already. */
    private CommandLine configurable(Terminal terminal, String[] arguments, Optional<Configuration> configuration) {
        Session session = new Session(terminal, this);
        CommandErrors errors = new CommandErrors(session);
        CommandLine commandLine = commandLine(session)
                .setParameterExceptionHandler(
                        (mistake, words) -> errors.misused(ConfiguredRun.placed(mistake, configuration), words))
                .setExecutionExceptionHandler(errors::failed);
        return commandLine.setExecutionStrategy(
                configuration.isPresent()
                        ? this::executed
                        : new ConfiguredRun(
                                session,
                                arguments,
                                this::executed,
                                read -> new TidemarkCommand(localVerbs).configurable(terminal, arguments, read)));
    }

    /** Before anything is done: a verb that cannot write its result so has not begun. */
    private int executed(ParseResult parsed) {
        List<CommandLine> line = parsed.asCommandLineList();
        String verb = line.stream().skip(1).map(CommandLine::getCommandName).collect(Collectors.joining(" "));
        if (!format.isForAll() && !verb.equals("audit query")) {
            throw new ParameterException(
                    line.getLast(),
                    "'" + verb + "' writes table, json or yaml; only 'audit query' writes ndjson and csv");
        }
        return new RunLast().execute(parsed);
    }

    CommandLine commandLine(Session session) {
        CommandLine commandLine = new CommandLine(this)
                .addSubcommand(new VmVerbs(session))
                .addSubcommand(new CheckpointVerbs(session))
                .addSubcommand(new BackupVerbs(session))
                .addSubcommand(new RetentionVerbs(session))
                .addSubcommand(new RestoreVerb(session))
                .addSubcommand(new ExportVerbs(session))
                .addSubcommand(new ChainVerbs(session))
                .addSubcommand(new ReconcileVerb(session))
                .addSubcommand(new EventsVerb(session))
                .addSubcommand(new AuditVerbs(session))
                .addSubcommand(new TokenVerbs(session))
                .addSubcommand(new WebhookVerbs(session))
                .addSubcommand(new GatewaysVerb(session))
                .addSubcommand(new DoctorVerb(session))
                .addSubcommand(new CompletionVerb())
                .addSubcommand(new ManualVerb())
                .addSubcommand(new LocalCommands.Serve(session, localVerbs))
                .addSubcommand(new LocalCommands.Gateway(session, localVerbs))
                .addSubcommand(new LocalCommands.Demo(session, localVerbs))
                .addSubcommand(new LocalCommands.Bench(session, localVerbs))
                .addSubcommand(new DrillVerb(session, localVerbs));
        Arguments.register(commandLine);
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                // "@name" is a name that the schema refuses, not a file to read arguments from.
                .setExpandAtFiles(false)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(Math.max(HELP_WIDTH_MIN, session.terminal().width()))
                .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
                .setOut(new java.io.PrintWriter(new TerminalWriter(session.terminal()), true));
    }

    /** All verbs with their options, for whoever writes about them. */
    static CommandSpec model() {
        TidemarkCommand command = new TidemarkCommand(() -> {
            throw new IllegalStateException("nothing is run");
        });
        return command.commandLine(new Session(Terminal.ofProcess(), command)).getCommandSpec();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a verb is missing");
    }
}
