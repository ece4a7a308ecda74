package dev.tidemark.coordinator.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** What one durable write of a PostgreSQL page costs on this disk: no acknowledged command can cost less. */
final class DurableWrite {
    private static final int PAGE_BYTES = 8192;
    private static final int COUNT = 100;
    private static final double NANOSECONDS_PER_MILLISECOND = 1_000_000.0;

    private DurableWrite() {}

    static double medianMilliseconds(Path directory) throws IOException {
        List<Long> nanoseconds = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(
                directory.resolve("durable"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
            // Written before, like PostgreSQL's recycled segments, so that no allocation is measured.
            for (int index = 0; index < COUNT; index++) {
                channel.write(page.clear(), (long) index * PAGE_BYTES);
            }
            channel.force(true);
            for (int index = 0; index < COUNT; index++) {
                long begin = System.nanoTime();
                channel.write(page.clear(), (long) index * PAGE_BYTES);
                channel.force(false);
                nanoseconds.add(System.nanoTime() - begin);
            }
        }
        return nanoseconds.stream().sorted().toList().get(COUNT / 2) / NANOSECONDS_PER_MILLISECOND;
    }
}
