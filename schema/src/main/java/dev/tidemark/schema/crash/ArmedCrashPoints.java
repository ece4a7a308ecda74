package dev.tidemark.schema.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a drill arms: tells through files which points are passed, and stands still at those that it is told to. */
public final class ArmedCrashPoints implements CrashHook {
    /** The property that arms a process. */
    public static final String DIRECTORY_PROPERTY = "tidemark.crash.directory";

    /** Which point to stand still at, for whichever machine it is passed. */
    public static final String HOLD_FILE = "hold";

    /** With a machine's id behind it: which point to stand still at for that machine. */
    public static final String HOLD_PREFIX = "hold-";

    /** For the next machine that has no file of its own: it becomes that machine's. */
    public static final String NEXT_FILE = "next";

    /** With an order's token behind it: there while a thread stands still because of it. */
    public static final String REACHED_PREFIX = "reached-";

    /** With an order's token behind it: lets go on who stands still because of it. */
    public static final String RELEASE_PREFIX = "release-";

    /** What was passed, one file a process. */
    public static final String PASSED_PREFIX = "passed-";

    private static final long POLL_MILLISECONDS = 5;

    private final Path directory;
    private final Path passed;
    private final Map<String, Orders> orders = new HashMap<>();

    ArmedCrashPoints(Path directory) {
        this.directory = directory;
        this.passed = directory.resolve(PASSED_PREFIX + ProcessHandle.current().pid());
    }

    /** As this process was started: armed by its property, else nothing. */
    public static CrashHook ofThisProcess() {
        String directory = System.getProperty(DIRECTORY_PROPERTY);
        return directory == null ? CrashHook.NONE : new ArmedCrashPoints(Path.of(directory));
    }

    @Override
    public void at(CrashPoint point) {
        at(point, List.of());
    }

    @Override
    public CrashHook of(String machine) {
        return point -> at(point, List.of(machine));
    }

    @Override
    public void at(CrashPoint point, Collection<String> machines) {
        try {
            List<String> tokens = pass(point, machines);
            for (String token : tokens) {
                Files.writeString(directory.resolve(REACHED_PREFIX + token), point.name());
            }
            for (String token : tokens) {
                while (!Files.exists(directory.resolve(RELEASE_PREFIX + token))) {
                    Thread.sleep(POLL_MILLISECONDS);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("a drill's directory cannot be used", failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Notes a point; gives the tokens of the orders to stand still at it. */
    private synchronized List<String> pass(CrashPoint point, Collection<String> machines) throws IOException {
        Files.writeString(passed, point.name() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        List<String> tokens = new ArrayList<>();
        pass(HOLD_FILE, point).ifPresent(tokens::add);
        for (String machine : machines) {
            pass(HOLD_PREFIX + machine, point).ifPresent(tokens::add);
        }
        return tokens;
    }

    private Optional<String> pass(String file, CrashPoint point) throws IOException {
        String text = text(file);
        Orders known = orders.get(file);
        if (known == null || !known.text.equals(text)) {
            known = new Orders(text);
            orders.put(file, known);
        }
        int count = known.counts.merge(point, 1, Integer::sum);
        String wanted = point.name() + " " + count + " ";
        return text.startsWith(wanted) ? Optional.of(text.substring(wanted.length())) : Optional.empty();
    }

    private String text(String file) throws IOException {
        Path own = directory.resolve(file);
        try {
            return Files.readString(own);
        } catch (NoSuchFileException none) {
            return file.equals(HOLD_FILE) ? "" : claimed(own);
        }
    }

    /** A machine whose id nobody could know beforehand takes the orders that wait for it. */
    private String claimed(Path own) throws IOException {
        try {
            Files.move(directory.resolve(NEXT_FILE), own);
            return Files.readString(own);
        } catch (NoSuchFileException none) {
            // Nothing is to be held.
            return "";
        }
    }

    private static final class Orders {
        private final String text;
        private final Map<CrashPoint, Integer> counts = new EnumMap<>(CrashPoint.class);

        Orders(String text) {
            this.text = text;
        }
    }
}
