package dev.tidemark.coordinator.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * What the launcher does before there is a JVM, told here so that help, completion and manual pages know of it: it writes down what a JVM
 * loads, and no JVM can do that to itself.
 */
@Command(
        name = "train-start",
        description = {
            "Makes the start-up caches of an installed Tidemark.",
            "For whoever owns it, once after an installation and after a change of the JDK: commands and servers then start in about half"
                    + " the time. A cache that does not fit is passed over. A user who finds none that fits gets one below"
                    + " $XDG_CACHE_HOME, or ~/.cache, behind the first command."
        })
final class TrainStartVerb implements Callable<Integer> {
    @Override
    public Integer call() {
        throw Session.misuse(
                "'train-start' is the launcher's: it is started as 'tidemark train-start', without options");
    }
}
