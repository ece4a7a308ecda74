package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.stage.Monitor;
import dev.tidemark.coordinator.stage.NbdDisk;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StorageMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * The disk that is copied, of a running storage daemon. Its data are random bytes, in mebibytes at random places, the same in
 * every run: nothing of it can be compressed or left out as zeros.
 */
final class SourceDisk implements AutoCloseable {
    static final String NAME = "disk0";
    private static final int EXTENT = 1 << 20;
    private static final int CLUSTER = 64 * 1024;
    private static final int CLUSTERS_PER_EXTENT = EXTENT / CLUSTER;
    private static final long SEED = 4_096_2_048;

    private final StorageMachine machine;
    private final Monitor monitor;
    private final NbdDisk guest;
    private final List<Long> extents;
    private final Random random = new Random(SEED);

    private SourceDisk(StorageMachine machine, Monitor monitor, NbdDisk guest, long data) throws IOException {
        this.machine = machine;
        this.monitor = monitor;
        this.guest = guest;
        List<Long> all = new ArrayList<>();
        for (long offset = 0; offset < guest.size(); offset += EXTENT) {
            all.add(offset);
        }
        Collections.shuffle(all, random);
        extents = all.stream().limit(data / EXTENT).sorted().toList();
        byte[] content = new byte[EXTENT];
        for (long offset : extents) {
            random.nextBytes(content);
            guest.write(offset, content);
        }
        guest.flush();
    }

    /** Its image lies in {@code directory}; sizes in bytes, whole mebibytes. */
    static SourceDisk create(Stage stage, Path directory, long size, long data) throws IOException {
        StorageMachine machine =
                new StorageMachine(stage.directory(), directory, "source", stage.programs(), List.of(NAME));
        machine.install(size);
        Monitor monitor = machine.start();
        Path socket = stage.directory().resolve("source.nbd");
        monitor.execute(
                "{\"execute\":\"nbd-server-start\",\"arguments\":{\"addr\":{\"type\":\"unix\",\"data\":{\"path\":\""
                        + socket + "\"}}}}");
        monitor.execute(
                "{\"execute\":\"block-export-add\",\"arguments\":{\"type\":\"nbd\",\"id\":\"guest\",\"node-name\":\""
                        + NAME + "\",\"name\":\"" + NAME + "\",\"writable\":true}}");
        return new SourceDisk(machine, monitor, NbdDisk.open(socket, NAME), data);
    }

    StorageMachine machine() {
        return machine;
    }

    Path image() {
        return machine.image(NAME);
    }

    /** Writes new bytes over so many of its clusters that hold data, at random places; at least one. */
    void rewrite(double share) throws IOException {
        int clusters = extents.size() * CLUSTERS_PER_EXTENT;
        int count = Math.max(1, (int) (clusters * share));
        Set<Integer> chosen = new LinkedHashSet<>();
        while (chosen.size() < count) {
            chosen.add(random.nextInt(clusters));
        }
        byte[] content = new byte[CLUSTER];
        for (int cluster : chosen) {
            random.nextBytes(content);
            long extent = extents.get(cluster / CLUSTERS_PER_EXTENT);
            guest.write(extent + (long) (cluster % CLUSTERS_PER_EXTENT) * CLUSTER, content);
        }
        guest.flush();
    }

    @Override
    public void close() throws IOException {
        guest.close();
        monitor.close();
        machine.kill();
    }
}
