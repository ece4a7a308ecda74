package dev.tidemark.coordinator.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark drill}: crashes on purpose, of processes that it starts itself. */
@Command(
        name = "drill",
        description = "Kills its own processes at every point of their work, and judges what comes of it.")
final class DrillVerb implements Runnable {
    /** Of four processes that may be killed. */
    private static final int SUBSETS = 15;

    private static final int SOAK_MINUTES_DEFAULT = 60;

    private final Session session;
    private final Supplier<LocalVerbs> verbs;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls
    private CommandSpec spec;

    DrillVerb(Session session, Supplier<LocalVerbs> verbs) {
        this.session = session;
        this.verbs = verbs;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: list, run or soak");
    }

    @Command(name = "list", description = "Names every scenario: workflow/moment/victims.")
    int list() {
        return verbs.get().drill(options(true, List.of(), false, null, null, null, null));
    }

    @Command(name = "run", description = "Plays scenarios; without names a choice of a few minutes.")
    int play(
            @Parameters(arity = "0..*", paramLabel = "NAME", description = "Scenarios, in this order.") @Nullable
                    List<String> names,
            @Option(
                            names = "--all",
                            description =
                                    "Every moment with every subset of victims; about two hours on two processors.")
                    boolean all,
            @Option(
                            names = "--subsets",
                            paramLabel = "N",
                            description = "With --all: N of the 15 subsets at each moment, chosen by the seed.")
                    @Nullable
                    Integer subsets,
            @Option(names = "--seed", paramLabel = "N", description = "Chooses and orders; printed by every run.")
                    @Nullable
                    Long seed,
            @Option(names = "--jobs", paramLabel = "N", description = "How many at once: one a processor if not given.")
                    @Nullable
                    Integer jobs,
            @Option(names = "--html", paramLabel = "FILE", description = "Writes a report to keep.") @Nullable
                    Path html) {
        if (jobs != null && jobs < 1) {
            throw Session.misuse("--jobs takes 1 or more");
        }
        List<String> wanted = names == null ? List.of() : names;
        if (all && !wanted.isEmpty()) {
            throw Session.misuse("--all plays everything: leave the names out");
        }
        if (subsets != null && (!all || subsets < 1 || subsets > SUBSETS)) {
            throw Session.misuse("--subsets takes 1 to " + SUBSETS + ", together with --all");
        }
        return verbs.get().drill(options(false, wanted, all, subsets, seed, jobs, html));
    }

    @Command(
            name = "soak",
            description =
                    "23 machines under random writes, a random kill every 10 s, every backup restored and compared.")
    int soak(
            @Option(names = "--minutes", paramLabel = "N", description = "How long; 60 if not given.") @Nullable
                    Integer minutes,
            @Option(names = "--seed", paramLabel = "N", description = "What each actor tries, as it was before.")
                    @Nullable
                    Long seed) {
        if (minutes != null && minutes < 1) {
            throw Session.misuse("--minutes takes 1 or more");
        }
        return verbs.get()
                .soak(new SoakRequest(
                        minutes == null ? SOAK_MINUTES_DEFAULT : minutes,
                        seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
                        session.globals().format));
    }

    private DrillOptions options(
            boolean listOnly,
            List<String> names,
            boolean all,
            @Nullable Integer subsets,
            @Nullable Long seed,
            @Nullable Integer jobs,
            @Nullable Path html) {
        return new DrillOptions(
                listOnly,
                names,
                all,
                subsets == null ? OptionalInt.empty() : OptionalInt.of(subsets),
                seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
                jobs == null ? OptionalInt.empty() : OptionalInt.of(jobs),
                Optional.ofNullable(html),
                session.globals().format);
    }
}
