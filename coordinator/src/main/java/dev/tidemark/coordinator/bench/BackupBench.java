package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.cli.BenchOptions;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StageFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * Full backup, incremental backup and restore beside {@code cp}, {@code qemu-img convert} and QEMU's own backup job, of the same
 * disk and in turn, so that a slow moment of the machine hits all of them. Each copy is compared with the disk, byte for byte,
 * before its time counts.
 *
 * <p>The caches are the same for all: before each turn the file system is synced, and every file that the turn reads is read
 * once, so that it is in memory if it has room there. Each turn ends with its copy on the disk (fsync), and the copy is removed
 * before the next. What is compared is thus the work on what was read and the way to the disk, not the reading from it. On a file
 * system that shares extents {@code cp} copies nothing, and no ratio to it means anything.
 */
final class BackupBench {
    private static final double REWRITTEN = 0.05;
    private static final long MEBIBYTE = 1L << 20;

    private final BenchOptions.Copying options;
    private final Witness witness;
    private final PrintWriter err;
    private final TurnTimes times = new TurnTimes();

    private BackupBench(BenchOptions.Copying options, PrintWriter err, Witness witness) {
        this.options = options;
        this.err = err;
        this.witness = witness;
    }

    /** Is shown each copy, and the comparison that it has to pass next. */
    interface Witness {
        void made(Turn turn, Path copy, Predicate<Path> comparison) throws IOException;
    }

    static List<Bench.Row> run(BenchOptions.Copying options, PrintWriter err, Witness witness) throws IOException {
        return new BackupBench(options, err, witness).run();
    }

    private List<Bench.Row> run() throws IOException {
        if (!Files.isDirectory(options.directory()) || !Files.isWritable(options.directory())) {
            throw new IOException(options.directory() + " is no directory that can be written to");
        }
        try (Stage stage = Stage.open("tm-bench", false)) {
            Path directory = stage.directoryIn(options.directory());
            requireRoom(directory);
            err.println("a disk of " + options.size() / MEBIBYTE + " MiB with " + options.data() / MEBIBYTE
                    + " MiB of random data in " + directory + " ("
                    + Files.getFileStore(directory).type() + "), " + options.rounds() + " rounds");
            try (SourceDisk source = SourceDisk.create(stage, directory, options.size(), options.data())) {
                Rounds rounds = new Rounds(
                        directory,
                        source,
                        new Copies(stage.programs(), source.image()),
                        TidemarkCopies.start(stage, directory, source));
                for (int round = 1; round <= options.rounds(); round++) {
                    rounds.round();
                    err.println("round " + round + ": " + times.newest());
                    err.flush();
                }
            }
        }
        return times.rows();
    }

    /** At the same time there are the source, a full backup, an incremental one and what was restored of them. */
    private void requireRoom(Path directory) throws IOException {
        long needed = options.data() * 3 + options.data() / 4 + 64 * MEBIBYTE;
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < needed) {
            throw new IOException(options.directory() + " has " + free / MEBIBYTE + " MiB left, " + needed / MEBIBYTE
                    + " MiB are needed");
        }
    }

    /** All turns, in their order. */
    private final class Rounds {
        private final Path directory;
        private final SourceDisk source;
        private final Copies copies;
        private final TidemarkCopies tidemark;

        Rounds(Path directory, SourceDisk source, Copies copies, TidemarkCopies tidemark) {
            this.directory = directory;
            this.source = source;
            this.copies = copies;
            this.tidemark = tidemark;
        }

        void round() throws IOException {
            List<Path> image = List.of(source.image());
            Path copy = directory.resolve("copy.qcow2");
            measure(Turn.COPY, image, () -> {
                copies.copy(copy);
                return copy;
            });
            Files.delete(copy);
            measure(Turn.CONVERT, image, () -> {
                copies.convert(copy);
                return copy;
            });
            Files.delete(copy);
            try (PlainJob job = PlainJob.prepare(source)) {
                measure(Turn.PLAIN_JOB, image, () -> {
                    copies.create(copy, options.size());
                    job.into(copy);
                    Copies.sync(copy);
                    return copy;
                });
            }
            Files.delete(copy);
            Path full = measure(Turn.FULL, image, () -> tidemark.backUp("FULL"));
            source.rewrite(REWRITTEN);
            Path incremental = measure(Turn.INCREMENTAL, image, () -> tidemark.backUp("AUTO"));
            tidemark.requireIncremental(incremental);
            Path restored = directory.resolve("restored");
            measure(Turn.RESTORE, List.of(full, incremental), () -> tidemark.restore(restored));
            Stage.delete(restored);
            tidemark.forget(incremental);
            tidemark.forget(full);
        }

        private Path measure(Turn turn, List<Path> read, Work work) throws IOException {
            copies.settle(read);
            long begin = System.nanoTime();
            Path copy = work.run();
            long nanoseconds = System.nanoTime() - begin;
            witness.made(turn, copy, copies::same);
            if (!copies.same(copy)) {
                throw new StageFailure(turn.title() + ": " + copy + " does not hold what the disk holds");
            }
            times.add(turn, nanoseconds);
            return copy;
        }
    }

    private interface Work {
        Path run() throws IOException;
    }
}
