package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.CoordinatorMain;
import dev.tidemark.coordinator.Version;
import dev.tidemark.coordinator.cli.client.Coordinator;
import dev.tidemark.coordinator.cli.configuration.Configuration;
import dev.tidemark.coordinator.cli.show.Terminal;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/** {@code tidemark}: the one entry point. Assembles the verbs; each lives in a file of its own. */
@Command(
        name = "tidemark",
        description = "An event-sourced backup coordinator for QEMU/KVM.",
        synopsisSubcommandLabel = "VERB",
        versionProvider = TidemarkCommand.ProductVersion.class,
        footer = {
            "",
            "Exit codes: 0 ok, 1 failed, 2 usage, 3 not found,",
            "4 conflict, 5 denied, 6 unavailable,",
            "7 a full backup is required, 8 outcome unknown,",
            "9 the log was tampered with."
        })
public final class TidemarkCommand extends GlobalOptions implements Runnable {
    /** picocli refuses to write help that is narrower. */
    private static final int HELP_WIDTH_MIN = 55;

    /** Verbs that write about all of them. */
    private static final Set<String> ABOUT_ALL = Set.of("completion", "man");

    /** Verbs that read a file, which may have a section for each of them. */
    private static final Set<String> CONFIGURED = Set.of("serve", "gateway");

    /** Verbs that ask no coordinator, or only one that they start themselves. */
    private static final Set<String> LOCAL =
            Set.of("completion", "man", "train-start", "serve", "gateway", "demo", "bench", "drill");

    private final Supplier<LocalVerbs> localVerbs;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show which Tidemark this is.")
    @SuppressWarnings("unused") // picocli answers it
    private boolean versionAsked;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls
    private CommandSpec spec;

    /** @param localVerbs asked for only when one of them is to run */
    public TidemarkCommand(Supplier<LocalVerbs> localVerbs) {
        this.localVerbs = localVerbs;
    }

    /** The process ends with the code of the verb. */
    public static void main(String[] arguments) {
        // picocli would look for Groovy in each of a hundred files.
        System.setProperty("picocli.disable.closures", "true");
        if (arguments.length > 0 && !arguments[0].startsWith("-") && !LOCAL.contains(arguments[0])) {
            Coordinator.prepareInBackground();
        }
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
        CommandLine commandLine = commandLine(session, wanted(arguments), arguments.length > 1 ? arguments[1] : "")
                .setParameterExceptionHandler(
                        (mistake, words) -> errors.misused(ConfiguredRun.placed(mistake, configuration), words))
                .setExecutionExceptionHandler(errors::failed);
        IExecutionStrategy execution = parsed -> executed(session, parsed);
        return commandLine.setExecutionStrategy(
                configuration.isPresent()
                        ? execution
                        : new ConfiguredRun(
                                session,
                                arguments,
                                execution,
                                read -> new TidemarkCommand(localVerbs).configurable(terminal, arguments, read)));
    }

    /** Before anything is done: a verb that cannot write its result so has not begun. */
    private int executed(Session session, ParseResult parsed) {
        List<CommandLine> line = parsed.asCommandLineList();
        String verb = line.stream().skip(1).map(CommandLine::getCommandName).collect(Collectors.joining(" "));
        if (!format.isForAll() && !verb.equals("audit query")) {
            throw new ParameterException(
                    line.getLast(),
                    "'" + verb + "' writes table, json or yaml; only 'audit query' writes ndjson and csv");
        }
        try {
            return new RunLast().execute(parsed);
        } finally {
            session.disconnect();
        }
    }

    /** Every verb, by the word that it is called with. */
    private Map<String, Supplier<Object>> verbs(Session session) {
        Map<String, Supplier<Object>> verbs = new LinkedHashMap<>();
        verbs.put("vm", () -> new VmVerbs(session));
        verbs.put("checkpoint", () -> new CheckpointVerbs(session));
        verbs.put("backup", () -> new BackupVerbs(session));
        verbs.put("retention", () -> new RetentionVerbs(session));
        verbs.put("restore", () -> new RestoreVerb(session));
        verbs.put("export", () -> new ExportVerbs(session));
        verbs.put("chain", () -> new ChainVerbs(session));
        verbs.put("reconcile", () -> new ReconcileVerb(session));
        verbs.put("events", () -> new EventsVerb(session));
        verbs.put("audit", () -> new AuditVerbs(session));
        verbs.put("token", () -> new TokenVerbs(session));
        verbs.put("webhook", () -> new WebhookVerbs(session));
        verbs.put("gateways", () -> new GatewaysVerb(session));
        verbs.put("doctor", () -> new DoctorVerb(session));
        verbs.put("completion", CompletionVerb::new);
        verbs.put("man", ManualVerb::new);
        verbs.put("train-start", TrainStartVerb::new);
        verbs.put("serve", () -> new LocalCommands.Serve(session, localVerbs));
        verbs.put("gateway", () -> new LocalCommands.Gateway(session, localVerbs));
        verbs.put("demo", () -> new LocalCommands.Demo(session, localVerbs));
        verbs.put("bench", () -> new LocalCommands.Bench(session, localVerbs));
        verbs.put("drill", () -> new DrillVerb(session, localVerbs));
        return verbs;
    }

    /** The verbs that are needed to run a line, by its first word; none stands for all, and picocli takes 0.2 s to read those. */
    private static Set<String> wanted(String[] arguments) {
        if (arguments.length == 0 || ABOUT_ALL.contains(arguments[0])) {
            return Set.of();
        }
        return CONFIGURED.contains(arguments[0]) ? CONFIGURED : Set.of(arguments[0]);
    }

    CommandLine commandLine(Session session) {
        return commandLine(session, Set.of(), "");
    }

    /**
     * @param wanted the verbs that have to be there; all are if these are none, or none of ours
     * @param inner of a wanted verb's own verbs the one that has to be there; all are if it is none of them
     */
    CommandLine commandLine(Session session, Set<String> wanted, String inner) {
        CommandLine commandLine = new CommandLine(this);
        Map<String, Supplier<Object>> verbs = verbs(session);
        if (!wanted.isEmpty() && verbs.keySet().containsAll(wanted)) {
            verbs.keySet().retainAll(wanted);
        }
        verbs.forEach((word, made) -> commandLine.addSubcommand(word, narrowed(made.get(), inner)));
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

    /** A verb that only has others, with one of these: to read them all takes a quarter of the time that a command lives. */
    private static Object narrowed(Object verb, String inner) {
        if (verb instanceof Runnable || verb instanceof Callable<?>) {
            return verb;
        }
        List<Method> named = CommandLine.getCommandMethods(verb.getClass(), inner).stream()
                .filter(method -> method.getAnnotation(Command.class).name().equals(inner))
                .toList();
        return named.size() == 1
                ? CommandSpec.wrapWithoutInspection(verb)
                        .name(verb.getClass().getAnnotation(Command.class).name())
                        .addSubcommand(inner, new CommandLine(named.getFirst()))
                : verb;
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

    /** Of this program, not of a coordinator that it speaks to: {@code doctor} tells that one's. */
    static final class ProductVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"tidemark " + Version.text()};
        }
    }
}
