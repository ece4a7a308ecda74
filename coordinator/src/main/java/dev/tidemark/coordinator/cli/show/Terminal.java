package dev.tidemark.coordinator.cli.show;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The two streams of the process and what is known about their other ends. Everything is UTF-8, whatever the locale: JSON
 * has no other encoding.
 */
public final class Terminal {
    private static final int WIDTH_DEFAULT = 80;
    private static final int WIDTH_MAX = 10_000;

    private final OutputStream results;
    private final OutputStream notes;
    private final Map<String, String> environment;
    private final boolean notesOnTerminal;
    private final boolean resultsOnTerminal;

    public Terminal(
            OutputStream results,
            OutputStream notes,
            Map<String, String> environment,
            boolean notesOnTerminal,
            boolean resultsOnTerminal) {
        this.results = results;
        this.notes = notes;
        this.environment = environment;
        this.notesOnTerminal = notesOnTerminal;
        this.resultsOnTerminal = resultsOnTerminal;
    }

    /** With standard output going to a file or a program. */
    public Terminal(
            OutputStream results, OutputStream notes, Map<String, String> environment, boolean notesOnTerminal) {
        this(results, notes, environment, notesOnTerminal, false);
    }

    /** The streams of this process. */
    @SuppressWarnings("resource") // they live as long as the process
    public static Terminal ofProcess() {
        return new Terminal(
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                System.getenv(),
                isTerminal("/proc/self/fd/2"),
                isTerminal("/proc/self/fd/1"));
    }

    /** A look at the descriptor, because System.console() is about standard input and costs a tenth of a second. */
    private static boolean isTerminal(String descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of(descriptor)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException unknown) {
            // Without an answer the plain form is the one that can do no harm.
            return false;
        }
    }

    /** An environment variable; empty if it is not set. */
    public String environment(String name) {
        return environment.getOrDefault(name, "");
    }

    /** Columns for a page: {@code COLUMNS} if it makes sense. */
    public int width() {
        String columns = environment("COLUMNS");
        if (!columns.matches("[0-9]{1,5}")) {
            return WIDTH_DEFAULT;
        }
        int width = Integer.parseInt(columns);
        return width < 1 || width > WIDTH_MAX ? WIDTH_DEFAULT : width;
    }

    /** Whether somebody watches standard error on something that can move its cursor. */
    public boolean livelyNotes() {
        return notesOnTerminal && !environment("TERM").equals("dumb");
    }

    /** Whether standard error may be coloured (no-color.org). */
    public boolean colouredNotes() {
        return livelyNotes() && environment("NO_COLOR").isEmpty();
    }

    /** Whether standard output is a terminal, which bytes that are no text would spoil. */
    public boolean resultsOnTerminal() {
        return resultsOnTerminal;
    }

    /** Standard output for what is no text. */
    public OutputStream results() {
        return results;
    }

    /** Writes to standard output. */
    public void result(String text) throws IOException {
        results.write(text.getBytes(StandardCharsets.UTF_8));
        results.flush();
    }

    /** Writes a line to standard error. */
    public void note(String line) {
        noteRaw(line + "\n");
    }

    /** Writes to standard error. */
    public void noteRaw(String text) {
        try {
            notes.write(text.getBytes(StandardCharsets.UTF_8));
            notes.flush();
        } catch (IOException nobodyListens) {
            // There is no third stream to say so; the exit code still tells the outcome.
            return;
        }
    }
}
