package dev.tidemark.coordinator.view;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Stream;

/** A list that is read in pages as it is taken: while one page is used, the next one is under way. For one thread. */
final class PagesAhead<T> {
    private final int length;
    private final Function<T, ? extends List<? extends T>> behind;

    private PagesAhead(int length, Function<T, ? extends List<? extends T>> behind) {
        this.length = length;
        this.behind = behind;
    }

    /**
     * All rows.
     *
     * @param first the first page, which is there already: what fails before anything was told is told otherwise
     * @param length of a page; one that is shorter is the last
     * @param behind the page behind a row
     */
    static <T> Stream<T> rows(List<? extends T> first, int length, Function<T, ? extends List<? extends T>> behind) {
        PagesAhead<T> pages = new PagesAhead<>(length, behind);
        return Stream.iterate(
                        pages.begun(first), page -> !page.rows().isEmpty(), page -> pages.begun(result(page.next())))
                .flatMap(page -> page.rows().stream());
    }

    private record Page<T>(List<? extends T> rows, FutureTask<List<? extends T>> next) {}

    private Page<T> begun(List<? extends T> rows) {
        FutureTask<List<? extends T>> next =
                new FutureTask<>(() -> rows.size() < length ? List.of() : behind.apply(rows.getLast()));
        if (rows.size() < length) {
            next.run();
        } else {
            // Not a virtual one: it reads from its socket all the time, and would be put aside for each piece.
            Thread.ofPlatform().daemon().name("page-ahead").start(next);
        }
        return new Page<>(rows, next);
    }

    private static <T> T result(FutureTask<T> task) {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException unchecked
                    ? unchecked
                    : new IllegalStateException(failed);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a list was read", stop);
        }
    }
}
