package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.stage.Programs;
import dev.tidemark.coordinator.stage.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/** The tools that copy and compare images; each copy is durable before it counts as made. */
final class Copies {
    private static final Duration PATIENCE = Duration.ofHours(6);
    private static final int READ_BYTES = 1 << 20;

    private final Programs programs;
    private final Path source;

    Copies(Programs programs, Path source) {
        this.programs = programs;
        this.source = source;
    }

    void copy(Path target) throws IOException {
        run("cp", source.toString(), target.toString());
        sync(target);
    }

    void convert(Path target) throws IOException {
        // The running storage daemon has the image locked; nothing is written meanwhile.
        run("qemu-img", "convert", "-U", "-f", "qcow2", "-O", "qcow2", source.toString(), target.toString());
        sync(target);
    }

    void create(Path target, long size) {
        run("qemu-img", "create", "-q", "-f", "qcow2", target.toString(), Long.toString(size));
    }

    /** Whether a qcow2 image, with what it stands on, holds byte for byte what the source holds now. */
    boolean same(Path image) {
        List<String> compare = List.of(
                "qemu-img", "compare", "-q", "-U", "-f", "qcow2", "-F", "qcow2", source.toString(), image.toString());
        int code = programs.exitCode("compare", compare, PATIENCE);
        if (code > 1) {
            throw new StageFailure("qemu-img compare could not compare " + image + " (exit code " + code + ")");
        }
        return code == 0;
    }

    /** Before each turn: all that was written is on the disk, and what will be read is in memory, as far as it has room. */
    void settle(List<Path> read) throws IOException {
        run("sync", "-f", source.toString());
        ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
        for (Path file : read) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                while (channel.read(buffer.clear()) >= 0) {
                    // Only to have it in memory.
                }
            }
        }
    }

    static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private void run(String... command) {
        programs.run("copies", List.of(command), PATIENCE);
    }
}
