package dev.tidemark.coordinator.drill.soak;

import dev.tidemark.coordinator.stage.Monitor;
import dev.tidemark.coordinator.stage.NbdDisk;
import dev.tidemark.coordinator.stage.Programs;
import dev.tidemark.coordinator.stage.StorageMachine;
import dev.tidemark.coordinator.stage.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One QEMU: its life, which the killer ends and begins, and its disks and monitor, which only its actor uses. Whatever breaks
 * off in the actor's hands is a {@link GuestGone}; {@link #life()} then counts up.
 */
final class QemuUnderTest {
    private static final long AWAIT_MILLISECONDS_MAX = 300_000;

    private final String name;
    private final Path qmp;
    private final Path nbd;
    private final Map<String, String> nodes;
    private final Life process;
    private final Map<String, NbdDisk> open = new LinkedHashMap<>();
    private @Nullable Monitor monitor;
    private int openLife;
    private int life;
    private boolean up;

    /** How this kind of machine is started and ended. */
    private interface Life {
        Monitor start() throws IOException;

        void kill() throws IOException;

        void quit() throws IOException;

        long id();
    }

    private QemuUnderTest(String name, Path qmp, Path nbd, Map<String, String> nodes, Life process) {
        this.name = name;
        this.qmp = qmp;
        this.nbd = nbd;
        this.nodes = nodes;
        this.process = process;
    }

    static QemuUnderTest daemon(Path stage, String name, Programs programs, int disks, long bytes) throws IOException {
        Path directory = Files.createDirectory(stage.resolve(name));
        Map<String, String> nodes = new LinkedHashMap<>();
        for (int index = 0; index < disks; index++) {
            nodes.put("d" + index, "d" + index);
        }
        StorageMachine machine = new StorageMachine(directory, name, programs, List.copyOf(nodes.keySet()));
        machine.install(bytes);
        Path nbd = directory.resolve("nbd");
        return new QemuUnderTest(name, machine.qmpSocket(), nbd, nodes, new Life() {
            @Override
            public Monitor start() throws IOException {
                Files.deleteIfExists(nbd);
                Monitor own = machine.start();
                own.execute("{\"execute\":\"nbd-server-start\",\"arguments\":{\"addr\":{\"type\":\"unix\",\"data\":"
                        + "{\"path\":\"" + nbd + "\"}},\"max-connections\":0}}");
                for (String disk : nodes.keySet()) {
                    own.execute("{\"execute\":\"block-export-add\",\"arguments\":{\"type\":\"nbd\",\"id\":\"guest-"
                            + disk + "\",\"node-name\":\"" + disk + "\",\"name\":\"" + disk
                            + "\",\"writable\":true}}");
                }
                return own;
            }

            @Override
            public void kill() {
                machine.kill();
            }

            @Override
            public void quit() {
                machine.quit();
            }

            @Override
            public long id() {
                return machine.processId();
            }
        });
    }

    static QemuUnderTest virtualMachine(Path stage, String name, Programs programs, long first, long second)
            throws IOException {
        Path directory = Files.createDirectory(stage.resolve(name));
        VirtualMachine machine = new VirtualMachine(directory, programs, first, second);
        machine.install();
        Map<String, String> nodes = new LinkedHashMap<>();
        machine.disks().forEach(disk -> nodes.put(disk, "drive-" + disk));
        return new QemuUnderTest(name, machine.qmpSocket(), machine.nbdSocket(), nodes, new Life() {
            @Override
            public Monitor start() throws IOException {
                machine.start();
                return machine.monitor();
            }

            @Override
            public void kill() throws IOException {
                machine.kill();
            }

            @Override
            public void quit() throws IOException {
                machine.quit();
            }

            @Override
            public long id() {
                return machine.processId();
            }
        });
    }

    String name() {
        return name;
    }

    Path qmpSocket() {
        return qmp;
    }

    List<String> disks() {
        return List.copyOf(nodes.keySet());
    }

    Path directory() {
        return Objects.requireNonNull(nbd.toAbsolutePath().getParent());
    }

    // --- the killer's side

    synchronized void start() throws IOException {
        if (monitor != null) {
            monitor.close();
        }
        monitor = process.start();
        life++;
        up = true;
        notifyAll();
    }

    /** SIGKILL, or the clean end that a guest's shutdown is. */
    void end(boolean cleanly) throws IOException {
        synchronized (this) {
            up = false;
        }
        if (cleanly) {
            process.quit();
        } else {
            process.kill();
        }
    }

    long processId() {
        return process.id();
    }

    // --- the actor's side

    synchronized int life() {
        return life;
    }

    synchronized boolean isUp() {
        return up;
    }

    /** Waits until it runs again; false if nobody starts it. */
    synchronized boolean awaitUp() throws InterruptedException {
        long deadline = System.currentTimeMillis() + AWAIT_MILLISECONDS_MAX;
        while (!up) {
            long left = deadline - System.currentTimeMillis();
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    NbdDisk disk(String disk) throws GuestGone {
        try {
            int now = running("open a disk");
            if (openLife != now) {
                closeDisks();
                openLife = now;
            }
            NbdDisk known = open.get(disk);
            if (known == null) {
                known = NbdDisk.open(nbd, disk);
                open.put(disk, known);
            }
            return known;
        } catch (IOException gone) {
            throw broken("open a disk", gone);
        }
    }

    /** Of the disk's node, as QEMU calls it. */
    String node(String disk) {
        return String.valueOf(nodes.get(disk));
    }

    JsonNode execute(String command) throws GuestGone {
        Monitor own;
        synchronized (this) {
            running(command);
            if (monitor == null) {
                throw new GuestGone(command, new IOException("no monitor"));
            }
            own = monitor;
        }
        try {
            return own.execute(command);
        } catch (IOException gone) {
            throw broken(command, gone);
        }
    }

    /** What the disks hold now; durable before it is read, so that it is also what a killed QEMU leaves. */
    Map<String, Content> contents() throws GuestGone {
        Map<String, Content> contents = new LinkedHashMap<>();
        for (String disk : nodes.keySet()) {
            NbdDisk one = disk(disk);
            try {
                one.flush();
                contents.put(disk, Content.of(one));
            } catch (IOException gone) {
                throw broken("read " + disk, gone);
            }
        }
        return contents;
    }

    /** To be thrown by whoever's request broke off: the connections are of no use any more. */
    GuestGone broken(String during, IOException cause) {
        closeDisks();
        return new GuestGone(name + ": " + during, cause);
    }

    /** What is there of Tidemark's, bitmaps aside: jobs, nodes, exports. */
    Set<String> leftovers() throws GuestGone {
        Set<String> found = new TreeSet<>();
        for (JsonNode job : execute("{\"execute\":\"query-jobs\"}")) {
            found.add("job " + job.path("id").asString("") + " "
                    + job.path("status").asString(""));
        }
        for (JsonNode node : nodesNow()) {
            if (node.path("node-name").asString("").startsWith("tm-")) {
                found.add("node " + node.path("node-name").asString(""));
            }
        }
        for (JsonNode export : execute("{\"execute\":\"query-block-exports\"}")) {
            if (!export.path("id").asString("").startsWith("guest-")) {
                found.add("export " + export.path("id").asString(""));
            }
        }
        return found;
    }

    /** Tidemark's bitmaps on a disk, each with whether it records. */
    Set<String> bitmaps(String disk) throws GuestGone {
        Set<String> found = new TreeSet<>();
        for (JsonNode node : nodesNow()) {
            if (node.path("node-name").asString("").equals(node(disk))) {
                for (JsonNode bitmap : node.path("dirty-bitmaps")) {
                    String bitmapName = bitmap.path("name").asString("");
                    if (bitmapName.startsWith("tm-")) {
                        found.add(bitmapName + " " + bitmap.path("recording").asBoolean(false));
                    }
                }
            }
        }
        return found;
    }

    /** Whether a backup job of this operation is there: then its moment is over, and the guest may go on. */
    boolean hasJobOf(String operation) throws GuestGone {
        for (JsonNode job : execute("{\"execute\":\"query-jobs\"}")) {
            // The canary's job has the operation in its name as well, and runs before the moment.
            boolean backup = job.path("type").asString("").equals("backup");
            if (backup && job.path("id").asString("").contains(operation)) {
                return true;
            }
        }
        return false;
    }

    private JsonNode nodesNow() throws GuestGone {
        return execute("{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}");
    }

    private synchronized int running(String wish) throws GuestGone {
        if (!up) {
            throw new GuestGone(name + ": " + wish, new IOException("it does not run"));
        }
        return life;
    }

    private void closeDisks() {
        for (NbdDisk disk : open.values()) {
            disk.close();
        }
        open.clear();
    }
}
