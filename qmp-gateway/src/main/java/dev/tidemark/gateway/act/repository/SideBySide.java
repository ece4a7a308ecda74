package dev.tidemark.gateway.act.repository;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Does several things at once. Reads several files: a digest keeps one processor busy and the disk not at all. Few at a time, because a disk with a head
 * loses by it. When one fails, or the caller is interrupted, the others are stopped and have ended before the caller goes on.
 */
final class SideBySide {
    private static final int AT_ONCE_MAX = 4;

    private SideBySide() {}

    /** The reading of one file. */
    interface Reading<T> {
        T read() throws IOException, RepositoryException, InterruptedException;
    }

    /** Something else that is done meanwhile. */
    interface Work {
        void run() throws IOException, RepositoryException, InterruptedException;
    }

    /**
     * Reads while another thread works. When the reading fails, the work is stopped and has ended; work that failed is told only when
     * the reading has ended well, because what was read may be the reason.
     */
    static <T> T whileWorking(Reading<T> reading, Work work)
            throws IOException, RepositoryException, InterruptedException {
        T result;
        try (ExecutorService thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("work-beside").factory())) {
            boolean complete = false;
            Future<?> working = thread.submit(() -> {
                work.run();
                return Optional.empty();
            });
            try {
                result = reading.read();
                working.get();
                complete = true;
            } catch (ExecutionException failure) {
                throw rethrown(failure);
            } finally {
                if (!complete) {
                    thread.shutdownNow();
                }
            }
        }
        return result;
    }

    /** Gives what was read, in the order of the readings. */
    static <T> List<T> all(List<Reading<T>> readings) throws IOException, RepositoryException, InterruptedException {
        List<T> results = new ArrayList<>();
        int atOnce = Math.min(
                Math.min(readings.size(), AT_ONCE_MAX), Runtime.getRuntime().availableProcessors());
        if (atOnce <= 1) {
            for (Reading<T> reading : readings) {
                results.add(reading.read());
            }
            return results;
        }
        // Closing it waits for whatever it still runs.
        try (ExecutorService threads = Executors.newFixedThreadPool(
                atOnce, Thread.ofPlatform().daemon().name("read-", 1).factory())) {
            boolean complete = false;
            try {
                CompletionService<T> ended = new ExecutorCompletionService<>(threads);
                List<Future<T>> begun = new ArrayList<>();
                for (Reading<T> reading : readings) {
                    begun.add(ended.submit(reading::read));
                }
                for (int count = 0; count < begun.size(); count++) {
                    ended.take().get();
                }
                for (Future<T> each : begun) {
                    results.add(each.get());
                }
                complete = true;
            } catch (ExecutionException failure) {
                throw rethrown(failure);
            } finally {
                if (!complete) {
                    threads.shutdownNow();
                }
            }
        }
        return results;
    }

    private static IOException rethrown(ExecutionException failure) throws RepositoryException, InterruptedException {
        return switch (failure.getCause()) {
            case IOException fault -> fault;
            case RepositoryException refused -> throw refused;
            case InterruptedException stopped -> throw stopped;
            case RuntimeException bug -> throw bug;
            case Error error -> throw error;
            case null, default -> throw new IllegalStateException(failure);
        };
    }
}
