package dev.tidemark.gateway.observe;

import dev.tidemark.gateway.qmp.PeerProcess;
import dev.tidemark.gateway.qmp.QmpCommand.Query;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.gateway.qmp.QmpSession;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BitmapName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Looks at one QEMU through one session. All queries of a look are sent together, so that a look costs one round trip; where
 * two answers do not fit together the graph moved between them and all are asked again.
 */
public final class Observer {
    private static final int TRIES_MAX = 5;
    private static final String LOCAL_RUN_STATE = "running";
    private static final String SECRET = "child<secret>";

    private final QmpSession session;
    private final Duration timeout;
    private final Optional<MachineQuestions> machine;
    private final boolean reopens;
    private final boolean listsObjects;
    private final List<Query> queries;
    private final QemuFacts qemu;
    private final Optional<Path> workingDirectory;

    private Observer(QmpSession session, Duration timeout, Optional<MachineQuestions> machine, Set<String> commands) {
        this.session = session;
        this.timeout = timeout;
        this.machine = machine;
        this.reopens = commands.contains("blockdev-reopen");
        this.listsObjects = commands.contains(Query.OBJECTS.wireName());
        List<Query> asked =
                new ArrayList<>(List.of(Query.NAMED_BLOCK_NODES, Query.BLOCK_GRAPH, Query.JOBS, Query.BLOCK_EXPORTS));
        machine.ifPresent(questions -> {
            asked.add(Query.BLOCK);
            asked.add(Query.STATUS);
            asked.addAll(questions.always());
        });
        this.queries = List.copyOf(asked);
        Optional<PeerProcess> process = session.identity().process();
        this.qemu = new QemuFacts(
                session.identity().version().toString(),
                process.map(peer -> OptionalLong.of(peer.pid())).orElseGet(OptionalLong::empty),
                process.map(peer -> OptionalLong.of(peer.startTimeTicks())).orElseGet(OptionalLong::empty),
                process.map(peer -> peer.pid() + "/" + peer.startTimeTicks() + "/" + peer.bootId())
                        .or(() -> socketAsInstance(session.socket())));
        this.workingDirectory = process.flatMap(peer -> workingDirectory(peer.pid()));
    }

    /** Asks once what this QEMU can be asked. */
    public static Observer of(QmpSession session, Duration timeout) throws QmpException, UnusableReply {
        Set<String> commands = new HashSet<>();
        for (Reply command : new Reply("query-commands", session.execute(Query.COMMANDS, timeout)).elements()) {
            commands.add(command.text("name"));
        }
        if (!commands.contains(Query.BLOCK_GRAPH.wireName())) {
            // Without it a filter, an overlay and a disk cannot be told apart (hazard S5): better no look than a wrong
            // one.
            throw UnusableReply.malformed(
                    "QEMU " + session.identity().version(), "does not know " + Query.BLOCK_GRAPH.wireName());
        }
        Optional<MachineQuestions> machine = commands.contains(Query.STATUS.wireName())
                ? Optional.of(MachineQuestions.of(session, timeout, commands))
                : Optional.empty();
        return new Observer(session, timeout, machine, commands);
    }

    /** What QEMU says of itself. */
    public QemuFacts qemu() {
        return qemu;
    }

    /**
     * Looks.
     *
     * @param partialBackups what the repositories hold, to be told with the rest
     */
    public Look look(List<String> partialBackups) throws QmpException, UnusableReply {
        for (int tries = 1; ; tries++) {
            try {
                return interpret(ask(), secrets(), partialBackups);
            } catch (UnusableReply moving) {
                if (!moving.isMoving() || tries >= TRIES_MAX) {
                    throw moving;
                }
            }
        }
    }

    /** Whether {@code blockdev-reopen} can be said; since QEMU 6.1. */
    public boolean reopens() {
        return reopens;
    }

    /** Whether a command takes an argument of that name; asks QEMU for all that it understands, some hundred kilobytes. */
    public boolean accepts(String command, String argument) throws QmpException, UnusableReply {
        String type = null;
        List<Reply> all = new Reply(Query.QMP_SCHEMA.wireName(), session.execute(Query.QMP_SCHEMA, timeout)).elements();
        for (Reply entity : all) {
            if (entity.text("meta-type").equals("command")
                    && entity.text("name").equals(command)) {
                type = entity.text("arg-type");
            }
        }
        for (Reply entity : all) {
            if (entity.text("meta-type").equals("object") && entity.text("name").equals(type)) {
                for (Reply member : entity.member("members").elements()) {
                    if (member.text("name").equals(argument)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** The names of the nodes on which a node stands, by role: {@code file}, {@code backing}. */
    public Map<String, String> children(String node) throws QmpException, UnusableReply {
        return BlockGraph.children(
                new Reply(Query.BLOCK_GRAPH.wireName(), session.execute(Query.BLOCK_GRAPH, timeout)), node);
    }

    /** What each bitmap of one node marks, in bytes, by name. */
    public Map<String, Long> dirtyBytes(String node) throws QmpException, UnusableReply {
        Map<String, Long> counts = new HashMap<>();
        Reply nodes = new Reply(Query.NAMED_BLOCK_NODES.wireName(), session.execute(Query.NAMED_BLOCK_NODES, timeout));
        for (Reply listed : nodes.elements()) {
            if (listed.text("node-name").equals(node)) {
                for (ObservedBitmap bitmap : BlockNode.read(listed).bitmaps()) {
                    bitmap.name().ifPresent(name -> counts.put(name, bitmap.dirtyBytes()));
                }
            }
        }
        return counts;
    }

    /** The jobs of ours alone, which is cheap enough to be asked often, and how their input and output fares. */
    public Jobs jobs() throws QmpException, UnusableReply {
        List<JsonNode> replies = session.queryAll(List.of(Query.JOBS, Query.BLOCK_JOBS), timeout);
        return new Jobs(
                readJobs(new Reply(Query.JOBS.wireName(), replies.get(0))),
                readIoStatus(new Reply(Query.BLOCK_JOBS.wireName(), replies.get(1))),
                readSpeeds(new Reply(Query.BLOCK_JOBS.wireName(), replies.get(1))));
    }

    /** Jobs with our prefix; a speed is a limit in bytes per second, 0 if there is none. */
    public record Jobs(List<ObservedJob> jobs, Map<String, String> ioStatusByJob, Map<String, Long> speedByJob) {
        public Jobs {
            jobs = List.copyOf(jobs);
            ioStatusByJob = Map.copyOf(ioStatusByJob);
            speedByJob = Map.copyOf(speedByJob);
        }
    }

    /** Whether anything is exported by NBD, by whomever. */
    public boolean hasNbdExports() throws QmpException, UnusableReply {
        Reply exports = new Reply(Query.BLOCK_EXPORTS.wireName(), session.execute(Query.BLOCK_EXPORTS, timeout));
        for (Reply export : exports.elements()) {
            if (export.text("type").equals("nbd")) {
                return true;
            }
        }
        return false;
    }

    private Map<Query, Reply> ask() throws QmpException {
        List<JsonNode> replies = session.queryAll(queries, timeout);
        Map<Query, Reply> answers = new HashMap<>();
        for (int index = 0; index < queries.size(); index++) {
            Query query = queries.get(index);
            answers.put(query, new Reply(query.wireName(), replies.get(index)));
        }
        return answers;
    }

    /** Asked alone: a refusal means that there are none. */
    private List<String> secrets() throws QmpException, UnusableReply {
        if (!listsObjects) {
            return List.of();
        }
        JsonNode objects;
        try {
            objects = session.execute(Query.OBJECTS, timeout);
        } catch (QmpRefused none) {
            return List.of();
        }
        List<String> secrets = new ArrayList<>();
        for (Reply object : new Reply(Query.OBJECTS.wireName(), objects).elements()) {
            if (object.text("type").equals(SECRET) && object.text("name").startsWith(BitmapName.PREFIX)) {
                secrets.add(object.text("name"));
            }
        }
        return secrets.stream().sorted().toList();
    }

    private Look interpret(Map<Query, Reply> answers, List<String> secrets, List<String> partialBackups)
            throws UnusableReply {
        BlockGraph graph =
                BlockGraph.read(answer(answers, Query.NAMED_BLOCK_NODES), answer(answers, Query.BLOCK_GRAPH));
        Disks disks = machine.isPresent()
                ? Disks.ofDevices(graph, answer(answers, Query.BLOCK), this::absolute)
                : Disks.ofRootNodes(graph, this::absolute);
        List<String> nodes = new ArrayList<>();
        for (BlockNode node : graph.nodes()) {
            if (node.name().startsWith(BitmapName.PREFIX)) {
                nodes.add(node.name());
            }
        }
        Sight.Observed observed = new Sight.Observed(
                machine.isPresent() ? qemu.of(machine.get().facts(answers)) : qemu,
                machine.isPresent() ? answer(answers, Query.STATUS).text("status") : LOCAL_RUN_STATE,
                disks.found(),
                readJobs(answer(answers, Query.JOBS)),
                nodes.stream().sorted().toList(),
                readExports(answer(answers, Query.BLOCK_EXPORTS)),
                partialBackups.stream().sorted().toList(),
                disks.unaddressable());
        return new Look(observed.withSecrets(secrets).of(session.identity().user()), disks.files());
    }

    private static Reply answer(Map<Query, Reply> answers, Query query) throws UnusableReply {
        Reply reply = answers.get(query);
        if (reply == null) {
            throw UnusableReply.malformed(query.wireName(), "was not asked");
        }
        return reply;
    }

    private static List<ObservedJob> readJobs(Reply reply) throws UnusableReply {
        List<ObservedJob> jobs = new ArrayList<>();
        for (Reply job : reply.elements()) {
            String id = job.text("id");
            if (id.startsWith(BitmapName.PREFIX)) {
                jobs.add(new ObservedJob(
                        id,
                        job.text("status"),
                        job.optionalText("error"),
                        job.number("current-progress"),
                        job.number("total-progress")));
            }
        }
        jobs.sort((one, other) -> one.id().compareTo(other.id()));
        return jobs;
    }

    private static Map<String, String> readIoStatus(Reply reply) throws UnusableReply {
        Map<String, String> statuses = new HashMap<>();
        for (Reply job : reply.elements()) {
            String id = job.text("device");
            if (id.startsWith(BitmapName.PREFIX)) {
                statuses.put(id, job.text("io-status"));
            }
        }
        return statuses;
    }

    private static Map<String, Long> readSpeeds(Reply reply) throws UnusableReply {
        Map<String, Long> speeds = new HashMap<>();
        for (Reply job : reply.elements()) {
            String id = job.text("device");
            if (id.startsWith(BitmapName.PREFIX)) {
                speeds.put(id, job.number("speed"));
            }
        }
        return speeds;
    }

    private static List<String> readExports(Reply reply) throws UnusableReply {
        List<String> exports = new ArrayList<>();
        for (Reply export : reply.elements()) {
            String id = export.text("id");
            if (id.startsWith(BitmapName.PREFIX)) {
                exports.add(id);
            }
        }
        return exports.stream().sorted().toList();
    }

    /** QEMU was perhaps started with relative names; its directory makes them mean the same after a restart elsewhere. */
    private String absolute(String file) {
        if (file.isEmpty() || file.startsWith("/") || file.contains(":") || workingDirectory.isEmpty()) {
            return file;
        }
        try {
            return workingDirectory.get().resolve(file).normalize().toString();
        } catch (InvalidPathException notAPath) {
            return file;
        }
    }

    /** QEMU makes its socket anew at every start. Where the process hides, that tells one run from another. */
    private static Optional<String> socketAsInstance(Path socket) {
        try {
            Map<String, Object> file = Files.readAttributes(socket, "unix:dev,ino,ctime");
            return Optional.of("socket/" + file.get("dev") + "/" + file.get("ino") + "/" + file.get("ctime"));
        } catch (IOException | UnsupportedOperationException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<Path> workingDirectory(long processId) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc", Long.toString(processId), "cwd")));
        } catch (IOException notOurs) {
            // Another user's process does not show it; then the name stays as QEMU gives it.
            return Optional.empty();
        }
    }
}
