package dev.tidemark.gateway.differential;

import dev.tidemark.gateway.model.ModelAction;
import dev.tidemark.gateway.qmp.TransactionAction.BlockdevBackup;
import dev.tidemark.gateway.qmp.TransactionAction.Sync;
import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.StorageDaemon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A real qemu-storage-daemon. */
final class RealSide implements Side, AutoCloseable {
    private static final int CELL_BYTES = ModelSide.CELL_BYTES;
    private String lastRefusal = "";
    private static final Duration END_MAX = Duration.ofSeconds(30);
    /** Read with an export that the steps cannot name. */
    private static final String EYE = "eye";

    private static final Map<Integer, byte[]> EMPTY_IMAGES = new ConcurrentHashMap<>();

    private final StorageDaemon daemon = StorageDaemon.start(List.of(), List.of());
    private final Set<String> writableExports = new TreeSet<>();
    private RawMonitor monitor;

    RealSide() {
        monitor = connect();
    }

    @Override
    public boolean take(Step step) {
        try {
            return act(step);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public State state(boolean digests) {
        State state = new State(new TreeMap<>(), new TreeMap<>(), new TreeSet<>());
        for (JsonNode node : ask(
                "query-named-block-nodes", JsonNodeFactory.instance.objectNode().put("flat", true))) {
            String name = node.get("node-name").stringValue();
            if (!name.startsWith("#") && !name.startsWith("f-")) {
                List<State.BitmapState> bitmaps = new ArrayList<>();
                for (JsonNode bitmap : node.path("dirty-bitmaps")) {
                    if (bitmap.has("name")) {
                        bitmaps.add(bitmap(name, bitmap, digests));
                    }
                }
                long bytes = node.get("image").get("virtual-size").longValue();
                state.nodes().put(name, new State.NodeState(node.get("ro").booleanValue(), bytes, bitmaps));
            }
        }
        jobs().forEach((id, job) -> state.jobs()
                .put(
                        id,
                        !job.get("status").stringValue().equals("concluded")
                                ? State.RUNNING
                                : job.has("error") ? State.FAILED : State.DONE));
        state.exports().addAll(exports());
        return state;
    }

    @Override
    public Set<String> concluded() {
        Set<String> ended = new TreeSet<>();
        jobs().forEach((id, job) -> {
            if (job.get("status").stringValue().equals("concluded")) {
                ended.add(id);
            }
        });
        return ended;
    }

    /** Waits until at least these jobs have ended. Whether they do is a matter of the comparison that follows. */
    void awaitEnd(Set<String> jobs) {
        long end = System.nanoTime() + END_MAX.toNanos();
        while (!concluded().containsAll(jobs) && jobs().keySet().containsAll(jobs) && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Override
    public long[] read(String node) {
        say(QmpText.addExport(EYE, node, false, List.of()));
        try {
            long bytes =
                    Objects.requireNonNull(state(false).nodes().get(node), node).bytes();
            byte[] data;
            try (NbdClient client = NbdClient.connect(daemon.nbdSocket(), EYE)) {
                data = client.read(0, (int) bytes);
            }
            long[] values = new long[(int) (bytes / CELL_BYTES)];
            for (int cell = 0; cell < values.length; cell++) {
                byte[] part = Arrays.copyOfRange(data, cell * CELL_BYTES, (cell + 1) * CELL_BYTES);
                byte[] expected = new byte[CELL_BYTES];
                Arrays.fill(expected, part[0]);
                values[cell] = Arrays.equals(part, expected) ? part[0] : Long.MIN_VALUE;
            }
            return values;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            endExport(EYE);
        }
    }

    /** What QEMU said to the last command, if it refused it. */
    String lastRefusal() {
        return lastRefusal;
    }

    String output() {
        return daemon.output();
    }

    @Override
    public void close() {
        monitor.close();
        daemon.close();
    }

    private boolean act(Step step) throws IOException {
        return switch (step) {
            case Step.CreateImage(String file, int cells) -> {
                Files.write(path(file), emptyImage(cells));
                yield true;
            }
            case Step.OpenImage(String node, String file, boolean readOnly, Optional<String> backing) ->
                say(QmpText.openImage(node, path(file).toString(), readOnly, backing));
            case Step.OpenNull(String node, int cells, boolean broken) ->
                say(QmpText.openNull(node, bytes(cells), broken));
            case Step.OpenPart(String node, String below, int offset, int cells) ->
                say(QmpText.openPart(node, below, bytes(offset), bytes(cells)));
            case Step.OpenFilter(String node, String below) -> say(QmpText.openFilter(node, below));
            case Step.Close(String node) -> say(QmpText.of("blockdev-del", "node-name", node));
            case Step.Reopen(String node, boolean readOnly) -> say(QmpText.reopen(node, readOnly, backing(node)));
            case Step.Alone(ModelAction action) -> say(QmpText.alone(action)) && haltJobs(List.of(action));
            case Step.Transact(List<ModelAction> actions) -> say(QmpText.transaction(actions)) && haltJobs(actions);
            case Step.Resize(String node, int cells) ->
                say(QmpText.command(
                        "block_resize",
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("node-name", node)
                                .put("size", bytes(cells))));
            case Step.AddExport(String id, String node, boolean writable, List<String> bitmaps) -> {
                boolean added = say(QmpText.addExport(id, node, writable, bitmaps));
                if (added && writable) {
                    writableExports.add(id);
                }
                yield added;
            }
            case Step.EndExport(String id) -> {
                writableExports.remove(id);
                yield endExport(id);
            }
            case Step.Guest guest -> guest(guest);
            case Step.FinishJob(String job) ->
                jobs().containsKey(job) && (concluded().contains(job) || letGo(job));
            case Step.CancelJob(String job) -> say(QmpText.of("job-cancel", "id", job));
            case Step.DismissJob(String job) -> say(QmpText.of("job-dismiss", "id", job));
            case Step.Restart restart -> restart(restart);
        };
    }

    /**
     * Lets each job copy its first chunk and stops it there. To slow it down is not enough: it goes on a little whenever anything
     * is drained.
     */
    private boolean haltJobs(List<ModelAction> actions) {
        for (ModelAction action : actions) {
            if (action instanceof ModelAction.Said(BlockdevBackup backup) && QmpText.isHalted(backup)) {
                Awaitility.await()
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> backup.sync() instanceof Sync.None || hasCopied(backup.jobId()));
                say(QmpText.of("job-pause", "id", backup.jobId()));
            }
        }
        return true;
    }

    private boolean hasCopied(String id) {
        JsonNode job = jobs().get(id);
        return job == null
                || job.get("status").stringValue().equals("concluded")
                || job.get("current-progress").longValue() > 0;
    }

    private boolean letGo(String job) {
        ObjectNode arguments =
                JsonNodeFactory.instance.objectNode().put("device", job).put("speed", 0);
        say(QmpText.command("block-job-set-speed", arguments));
        say(QmpText.of("job-resume", "id", job));
        return true;
    }

    /** A write that was answered is flushed, so that a kill cannot make it undone. */
    private boolean guest(Step.Guest guest) {
        try (NbdClient client = NbdClient.connect(daemon.nbdSocket(), guest.export())) {
            long offset = bytes(guest.first());
            int length = (int) bytes(guest.cells());
            switch (guest.input()) {
                case WRITE -> {
                    byte[] data = new byte[length];
                    Arrays.fill(data, (byte) guest.value());
                    client.write(offset, data);
                }
                case ZERO -> client.zero(offset, length);
                case DISCARD -> client.discard(offset, length);
            }
            client.flush();
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private boolean restart(Step.Restart restart) throws IOException {
        for (String export : writableExports) {
            try (NbdClient client = NbdClient.connect(daemon.nbdSocket(), export)) {
                client.flush();
            }
        }
        writableExports.clear();
        monitor.close();
        switch (restart.ending()) {
            case QUIT -> daemon.terminate();
            case QUIT_WITHOUT_ROOM -> daemon.terminateWithoutRoom();
            case KILL -> daemon.kill();
        }
        if (restart.aside().isPresent() && Files.exists(path(restart.aside().get()))) {
            copy(restart.aside().get(), restart.aside().get() + ".aside");
        }
        if (restart.back().isPresent() && Files.exists(path(restart.back().get() + ".aside"))) {
            copy(restart.back().get() + ".aside", restart.back().get());
        }
        daemon.startAgain();
        monitor = connect();
        return true;
    }

    private void copy(String from, String to) throws IOException {
        Files.copy(path(from), path(to), StandardCopyOption.REPLACE_EXISTING);
    }

    private RawMonitor connect() {
        RawMonitor connected = RawMonitor.connect(daemon.socket());
        connected.execute(
                "{\"execute\":\"object-add\",\"arguments\":{\"qom-type\":\"throttle-group\",\"id\":\"group\"}}");
        return connected;
    }

    private boolean endExport(String id) {
        ObjectNode arguments =
                JsonNodeFactory.instance.objectNode().put("id", id).put("mode", "hard");
        boolean ended = say(QmpText.command("block-export-del", arguments));
        if (ended) {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(1))
                    .pollDelay(Duration.ZERO)
                    .until(() -> !exports().contains(id));
        }
        return ended;
    }

    private Set<String> exports() {
        Set<String> ids = new TreeSet<>();
        ask("query-block-exports", JsonNodeFactory.instance.objectNode())
                .forEach(export -> ids.add(export.get("id").stringValue()));
        return ids;
    }

    private Map<String, JsonNode> jobs() {
        Map<String, JsonNode> jobs = new HashMap<>();
        ask("query-jobs", JsonNodeFactory.instance.objectNode())
                .forEach(job -> jobs.put(job.get("id").stringValue(), job));
        return jobs;
    }

    private Optional<String> backing(String node) {
        JsonNode graph = ask("x-debug-query-block-graph", JsonNodeFactory.instance.objectNode());
        Map<Long, String> names = new HashMap<>();
        graph.get("nodes")
                .forEach(each ->
                        names.put(each.get("id").longValue(), each.get("name").stringValue()));
        for (JsonNode edge : graph.get("edges")) {
            if (node.equals(names.get(edge.get("parent").longValue()))
                    && edge.get("name").stringValue().equals("backing")) {
                return Optional.ofNullable(names.get(edge.get("child").longValue()));
            }
        }
        return Optional.empty();
    }

    private State.BitmapState bitmap(String node, JsonNode bitmap, boolean digests) {
        String name = bitmap.get("name").stringValue();
        String digest = digests
                ? ask(
                                "x-debug-block-dirty-bitmap-sha256",
                                JsonNodeFactory.instance
                                        .objectNode()
                                        .put("node", node)
                                        .put("name", name))
                        .get("sha256")
                        .stringValue()
                : "";
        return new State.BitmapState(
                name,
                bitmap.get("recording").booleanValue(),
                bitmap.get("persistent").booleanValue(),
                bitmap.path("inconsistent").asBoolean(false),
                bitmap.get("busy").booleanValue(),
                bitmap.get("granularity").longValue(),
                bitmap.get("count").longValue(),
                digest);
    }

    private boolean say(ObjectNode command) {
        JsonNode answer = monitor.ask(command.toString());
        lastRefusal = answer.path("error").path("desc").asString("");
        return answer.has("return");
    }

    private JsonNode ask(String query, ObjectNode arguments) {
        return monitor.execute(QmpText.command(query, arguments).toString());
    }

    private Path path(String file) {
        return daemon.directory().resolve(file + ".qcow2");
    }

    private byte[] emptyImage(int cells) {
        return EMPTY_IMAGES.computeIfAbsent(cells, size -> {
            try {
                Path file = path("empty.qcow2");
                DiskImage.createQcow2(file, bytes(size));
                byte[] image = Files.readAllBytes(file);
                Files.delete(file);
                return image;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }

    private static long bytes(int cells) {
        return (long) cells * CELL_BYTES;
    }
}
