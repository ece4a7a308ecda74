package dev.tidemark.coordinator.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/** Looks all the time at what every process of this system shows to others, for what nobody may see there. */
public final class KeyWatch implements AutoCloseable {
    private final List<String> secrets;
    private final Set<String> seen = new ConcurrentSkipListSet<>();
    private final AtomicLong looks = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();
    private final Thread thread;
    private volatile boolean stopped;

    public KeyWatch(String... secrets) {
        this.secrets = List.of(secrets);
        thread = Thread.ofPlatform().daemon().name("key watch").start(this::run);
    }

    /** Where one was seen. */
    public Set<String> seen() {
        return seen;
    }

    /** Whether it has been at work all the time; what it sees is tried by the test of its own. */
    public boolean hasLooked() {
        return looks.get() > 1000;
    }

    @Override
    public String toString() {
        return looks + " looks, " + refusals + " refused";
    }

    private void run() {
        while (!stopped) {
            try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
                for (Path process : processes) {
                    look(process.resolve("cmdline"));
                    look(process.resolve("environ"));
                }
            } catch (IOException | DirectoryIteratorException unreadable) {
                throw new IllegalStateException("nobody can say what was shown", unreadable);
            }
        }
    }

    private void look(Path file) {
        try {
            String shown = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            secrets.stream().filter(shown::contains).forEach(secret -> seen.add(file + ": " + shown));
            looks.incrementAndGet();
        } catch (IOException ended) {
            // As everybody else cannot: it belongs to somebody else, or has ended.
            refusals.incrementAndGet();
        }
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}
