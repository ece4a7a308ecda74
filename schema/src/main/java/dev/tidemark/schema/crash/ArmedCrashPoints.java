package dev.tidemark.schema.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;

/** What a drill arms: tells through files which points are passed, and stands still at the one that it is told to. */
public final class ArmedCrashPoints implements CrashHook {
    /** The property that arms a process. */
    public static final String DIRECTORY_PROPERTY = "tidemark.crash.directory";

    /** Which point to stand still at. */
    public static final String HOLD_FILE = "hold";

    /** There while a thread stands still. */
    public static final String REACHED_FILE = "reached";

    /** Lets it go on. */
    public static final String RELEASE_FILE = "release";

    /** What was passed, one file a process. */
    public static final String PASSED_PREFIX = "passed-";

    private static final long POLL_MILLISECONDS = 5;

    private final Path directory;
    private final Path passed;
    private final Map<CrashPoint, Integer> counts = new EnumMap<>(CrashPoint.class);
    private String orders = "";

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
        try {
            if (pass(point)) {
                Files.writeString(directory.resolve(REACHED_FILE), point.name());
                while (!Files.exists(directory.resolve(RELEASE_FILE))) {
                    Thread.sleep(POLL_MILLISECONDS);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("a drill's directory cannot be used", failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Notes a point; true if it is the one to stand still at. */
    private synchronized boolean pass(CrashPoint point) throws IOException {
        Files.writeString(passed, point.name() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        String now = orders();
        if (!now.equals(orders)) {
            orders = now;
            counts.clear();
        }
        int count = counts.merge(point, 1, Integer::sum);
        return now.startsWith(point.name() + " " + count + " ");
    }

    private String orders() throws IOException {
        try {
            return Files.readString(directory.resolve(HOLD_FILE));
        } catch (NoSuchFileException none) {
            // Nothing is to be held.
            return "";
        }
    }
}
