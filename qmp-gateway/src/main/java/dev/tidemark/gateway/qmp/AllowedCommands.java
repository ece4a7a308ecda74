package dev.tidemark.gateway.qmp;

import static dev.tidemark.gateway.qmp.JsonShape.byKind;
import static dev.tidemark.gateway.qmp.JsonShape.flag;
import static dev.tidemark.gateway.qmp.JsonShape.listOf;
import static dev.tidemark.gateway.qmp.JsonShape.nullOr;
import static dev.tidemark.gateway.qmp.JsonShape.number;
import static dev.tidemark.gateway.qmp.JsonShape.only;
import static dev.tidemark.gateway.qmp.JsonShape.path;
import static dev.tidemark.gateway.qmp.JsonShape.text;
import static dev.tidemark.gateway.qmp.JsonShape.union;
import static dev.tidemark.gateway.qmp.JsonShape.word;

import dev.tidemark.gateway.qmp.JsonShape.Members;
import dev.tidemark.schema.id.BitmapName;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The gate through which every byte to a QEMU goes: the commands that may be sent, and what their arguments may be. Whoever can speak QMP
 * owns the guest, so this says it a second time, apart from {@link QmpCommand}: that nothing else can be made is one thing, that
 * nothing else gets out another. Nodes, jobs, exports, bitmaps and objects are ours by their names or they are not touched; files,
 * devices and servers are those of {@link ReachablePlaces}; drivers are spelled out at every level, so that QEMU never guesses one.
 */
final class AllowedCommands {
    private static final JsonShape OURS = JsonShape.ours(BitmapName.PREFIX);
    private static final Members NO_ARGUMENTS = Members.NONE;

    private static final Members LUKS =
            Members.NONE.needs("format", word("luks")).needs("key-secret", OURS);
    private static final Members DIRECT = Members.NONE.needs("direct", only(true));

    /** A layer below the one that is written: opened with it, and without a name. */
    private static final JsonShape LAYER = Members.NONE
            .needs("driver", word("qcow2"))
            .needs("file", Members.NONE.needs("driver", word("file")).needs("filename", path(ReachablePlaces::isImage)))
            .takes("encrypt", LUKS)
            .takes("backing", nullOr(AllowedCommands::requireLayer));

    private static final Members NOTHING =
            Members.NONE.needs("node-name", OURS).needs("size", number()).needs("read-zeroes", only(false));

    private static final Members NBD = Members.NONE
            .needs("export", text())
            .needs(
                    "server",
                    union(
                            "type",
                            Map.of(
                                    "unix", Members.NONE.needs("path", path(ReachablePlaces::isNbdSocket)),
                                    "inet", Members.NONE.needs("host", text()).needs("port", text()))))
            .where(AllowedCommands::requireServer);

    /** What a raw node may lie on: a file or device that was opened before, a server that is allowed, or a canary. */
    private static final JsonShape RAW_FILE = byKind(OURS, union("driver", Map.of("nbd", NBD, "null-co", NOTHING)));

    private static final JsonShape NODE = union(
            "driver",
            Map.of(
                    "file",
                    Members.NONE
                            .needs("node-name", OURS)
                            .needs("filename", path(ReachablePlaces::isImage))
                            .takes("discard", word("unmap"))
                            .takes("cache", DIRECT),
                    "host_device",
                    Members.NONE
                            .needs("node-name", OURS)
                            .needs("filename", path(ReachablePlaces::isDevice))
                            .needs("cache", DIRECT),
                    "qcow2",
                    Members.NONE
                            .needs("node-name", OURS)
                            // Never by name: what is written was opened before, and seen to be the file that was made.
                            .needs("file", OURS)
                            .takes("encrypt", LUKS)
                            .takes("discard", word("unmap"))
                            // By name it is the machine's disk, under a scratch file; else layers of a repository.
                            .takes("backing", byKind(text(), nullOr(AllowedCommands::requireLayer))),
                    "raw",
                    Members.NONE
                            .needs("node-name", OURS)
                            .needs("size", number())
                            .needs("file", RAW_FILE)
                            .takes("offset", number()),
                    "null-co",
                    NOTHING));

    private static final JsonShape REOPENED = union(
            "driver",
            Map.of(
                    "qcow2",
                    Members.NONE
                            .needs("node-name", OURS)
                            .needs("read-only", only(true))
                            .needs("file", text())
                            .takes("backing", text())
                            .takes("encrypt", LUKS),
                    "raw",
                    Members.NONE
                            .needs("node-name", OURS)
                            .needs("read-only", only(true))
                            .needs("file", text())
                            .needs("size", number())));

    private static final JsonShape LISTENING = union(
            "type",
            Map.of(
                    "unix", Members.NONE.needs("data", Members.NONE.needs("path", path(ReachablePlaces::isServedAt))),
                    "inet", Members.NONE.needs("data", AllowedCommands::requireServedPort)));

    private static final JsonShape OBJECT = union(
            "qom-type",
            Map.of(
                    "secret", Members.NONE.needs("id", OURS).needs("file", path(ReachablePlaces::isKey)),
                    "tls-creds-x509", credentials().needs("verify-peer", only(true)),
                    "tls-creds-psk", credentials()));

    private static final Members BITMAP = Members.NONE.needs("node", text()).needs("name", OURS);

    private static final Map<String, JsonShape> ACTIONS = Map.of(
            "block-dirty-bitmap-add",
            BITMAP.needs("persistent", flag()).needs("disabled", flag()).takes("granularity", number()),
            "block-dirty-bitmap-disable",
            BITMAP,
            "block-dirty-bitmap-enable",
            BITMAP,
            "block-dirty-bitmap-remove",
            BITMAP,
            "block-dirty-bitmap-merge",
            Members.NONE.needs("node", text()).needs("target", OURS).needs("bitmaps", listOf(byKind(OURS, BITMAP))),
            "blockdev-backup",
            Members.NONE
                    .needs("job-id", OURS)
                    .needs("device", text())
                    .needs("target", OURS)
                    .needs("sync", word("full", "none", "bitmap"))
                    .needs("auto-dismiss", only(false))
                    .takes("bitmap", OURS)
                    .takes("bitmap-mode", word("never"))
                    .takes("speed", number())
                    .takes("compress", only(true))
                    .takes("x-perf", Members.NONE.needs("max-workers", number()))
                    .where(AllowedCommands::requireUntouchedBitmap));

    private static final JsonShape ACTION = (value, at, places) -> {
        Members.NONE
                .needs("type", word(ACTIONS.keySet().toArray(String[]::new)))
                .needs("data", (data, where, reachable) -> {})
                .require(value, at, places);
        action(value.get("type").stringValue()).require(value.get("data"), at + ".data", places);
    };

    private static final Map<String, JsonShape> COMMANDS = commands();

    private AllowedCommands() {}

    private static Map<String, JsonShape> commands() {
        Map<String, JsonShape> commands = new TreeMap<>();
        for (String question : new String[] {
            "qmp_capabilities",
            "query-block",
            "query-block-exports",
            "query-block-jobs",
            "query-commands",
            "query-cpus-fast",
            "query-jobs",
            "query-kvm",
            "query-memory-size-summary",
            "query-name",
            "query-qmp-schema",
            "query-status",
            "query-uuid",
            "query-version",
            "x-debug-query-block-graph",
            "nbd-server-stop"
        }) {
            commands.put(question, NO_ARGUMENTS);
        }
        commands.put("query-named-block-nodes", Members.NONE.needs("flat", only(true)));
        commands.put("qom-list", Members.NONE.needs("path", word("/objects")));
        commands.put("qom-get", Members.NONE.needs("path", word("/machine")).needs("property", word("type")));
        commands.put("blockdev-add", NODE);
        commands.put("blockdev-del", Members.NONE.needs("node-name", OURS));
        commands.put("blockdev-reopen", Members.NONE.needs("options", listOf(REOPENED)));
        commands.put(
                "blockdev-mirror",
                Members.NONE
                        .needs("job-id", OURS)
                        .needs("device", OURS)
                        .needs("target", OURS)
                        .needs("sync", word("full")));
        commands.put(
                "block-export-add",
                Members.NONE
                        .needs("type", word("nbd"))
                        .needs("id", OURS)
                        .needs("node-name", OURS)
                        .needs("name", text())
                        .needs("writable", only(false))
                        .takes("bitmaps", listOf(byKind(OURS, BITMAP))));
        commands.put("block-export-del", Members.NONE.needs("id", OURS).needs("mode", word("hard", "safe")));
        commands.put("nbd-server-start", Members.NONE.needs("addr", LISTENING).takes("tls-creds", OURS));
        commands.put("object-add", OBJECT);
        commands.put("object-del", Members.NONE.needs("id", OURS));
        commands.put("job-cancel", Members.NONE.needs("id", OURS));
        commands.put("job-dismiss", Members.NONE.needs("id", OURS));
        commands.put("block-job-set-speed", Members.NONE.needs("device", OURS).needs("speed", number()));
        commands.put("transaction", Members.NONE.needs("actions", listOf(ACTION)));
        return Map.copyOf(commands);
    }

    /** Passes, or throws before anything of it is sent. */
    static void require(String command, ObjectNode arguments, ReachablePlaces places) {
        JsonShape shape = COMMANDS.get(command);
        if (shape == null) {
            throw new ForbiddenCommand(command + " is never sent to a QEMU");
        }
        shape.require(arguments, command, places);
    }

    /** Every command that may be sent with some arguments. */
    static Set<String> names() {
        return COMMANDS.keySet();
    }

    private static JsonShape action(String type) {
        return ACTIONS.getOrDefault(type, (value, at, places) -> {
            throw new ForbiddenCommand(at + ": no transaction holds " + type);
        });
    }

    private static void requireLayer(JsonNode value, String at, ReachablePlaces places) {
        LAYER.require(value, at, places);
    }

    private static Members credentials() {
        return Members.NONE
                .needs("id", OURS)
                .needs("endpoint", word("server"))
                .needs("dir", path(ReachablePlaces::isCredentials));
    }

    private static void requireServer(JsonNode nbd, String at, ReachablePlaces places) {
        JsonNode server = nbd.path("server");
        if (server.path("type").asString("").equals("inet")
                && !places.isNbdServer(
                        server.path("host").asString(""),
                        server.path("port").asString(""),
                        nbd.path("export").asString(""))) {
            throw new ForbiddenCommand(at + " is a server to which this host's gateway was not told to write");
        }
    }

    private static void requireServedPort(JsonNode data, String at, ReachablePlaces places) {
        Members.NONE.needs("host", text()).needs("port", text()).require(data, at, places);
        String port = data.path("port").asString("");
        if (!port.matches("[1-9][0-9]{0,4}")
                || !places.isServedAt(data.path("host").asString(""), Integer.parseInt(port))) {
            throw new ForbiddenCommand(at + " is none of the ports on which this host serves");
        }
    }

    /** A backup that goes by a bitmap leaves its bits as they are (hazard S6). */
    private static void requireUntouchedBitmap(JsonNode backup, String at, ReachablePlaces places) {
        boolean byBitmap = backup.path("sync").asString("").equals("bitmap");
        if (byBitmap != backup.has("bitmap") || byBitmap != backup.has("bitmap-mode")) {
            throw new ForbiddenCommand(at + ": a bitmap, its mode, and sync=bitmap go together or not at all");
        }
    }
}
