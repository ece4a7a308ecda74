package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.stage.Pause;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Holds the invariants against a machine after a crash. Asks QEMU, the repository and the database where it can. */
final class Judge {
    /** How long all may take that follows a crash by itself. */
    static final long CONVERGE_MILLISECONDS_MAX = 60_000;

    private static final long PAUSE_MILLISECONDS_MAX = 400;

    private final Cast cast;
    private final DrillMachine machine;
    private final long convergeMillisecondsMax;
    private final Set<Invariant> held = EnumSet.noneOf(Invariant.class);

    Judge(Cast cast, DrillMachine machine) {
        this(cast, machine, CONVERGE_MILLISECONDS_MAX);
    }

    /** With less patience, for a test of the judge. */
    Judge(Cast cast, DrillMachine machine, long convergeMillisecondsMax) {
        this.convergeMillisecondsMax = convergeMillisecondsMax;
        this.cast = cast;
        this.machine = machine;
    }

    /** What was judged so far and holds. */
    Set<Invariant> held() {
        return held;
    }

    /** Waits for the machine to settle; gives the milliseconds that took. */
    long converged() throws Broken {
        long begin = System.nanoTime();
        String trouble = "not looked at";
        long pause = 25;
        while (Service.elapsed(begin) < convergeMillisecondsMax) {
            try {
                trouble = unsettled();
                if (trouble.isEmpty()) {
                    held.add(Invariant.CONVERGED);
                    return Service.elapsed(begin);
                }
            } catch (Failure | StageFailure notNow) {
                trouble = String.valueOf(notNow.getMessage());
            }
            Pause.milliseconds(pause);
            // Many machines may be waited for at once: who asks all the time keeps them from it.
            pause = Math.min(2 * pause, PAUSE_MILLISECONDS_MAX);
        }
        throw new Broken(Invariant.CONVERGED, "after " + convergeMillisecondsMax + " ms: " + trouble);
    }

    /** Why it is not settled; empty if it is. */
    private String unsettled() {
        JsonNode seen = service().get("vms", machine.name());
        boolean ready = isPullReady();
        if (!(seen.path("pending").isNull() || ready)
                || !seen.path("state").asString("").equals("UP")) {
            return "state " + seen.path("state").asString("") + ", pending " + seen.path("pending");
        }
        for (JsonNode operation :
                service().get("vms", machine.name(), "operations").path("operations")) {
            if (!isEnded(operation)) {
                return "operation " + operation.path("kind").asString("") + " is "
                        + operation.path("state").asString("");
            }
        }
        JsonNode reconciled = service().started(Map.of(), "vms", machine.name(), "reconciliation");
        // With a pull that waits for its client it is as settled as it gets; asked after the look, which may have ended
        // it.
        boolean settled = reconciled.path("converged").asBoolean(false)
                || (reconciled.path("drift").isEmpty() && isPullReady());
        return settled ? "" : "drift " + reconciled.path("drift");
    }

    /** Pending until its client has read it: for a client to do, and for nobody to wait for. */
    private boolean isPullReady() {
        for (JsonNode backup : service().get("vms", machine.name(), "backups").path("backups")) {
            if (backup.path("state").asString("").equals("READY")) {
                return true;
            }
        }
        return false;
    }

    /** @param log as the database holds it now */
    void acknowledged(Optional<JsonNode> operation, SortedMap<Long, String> log) throws Broken {
        if (operation.isEmpty() || operation.get().path("id").isMissingNode()) {
            return;
        }
        String id = operation.get().path("id").asString("");
        try {
            JsonNode now = service().get("operations", id);
            if (!isEnded(now)) {
                throw new Broken(Invariant.ACKNOWLEDGED_ENDED, "operation " + id + " is " + now.path("state"));
            }
        } catch (Failure unknown) {
            throw new Broken(
                    Invariant.ACKNOWLEDGED_ENDED, "operation " + id + " was acknowledged: " + unknown.getMessage());
        }
        if (log.values().stream().noneMatch(row -> row.contains(id))) {
            throw new Broken(
                    Invariant.ACKNOWLEDGED_ENDED, "operation " + id + " was acknowledged and is in no row of the log");
        }
        held.add(Invariant.ACKNOWLEDGED_ENDED);
    }

    void logKept(SortedMap<Long, String> before) throws Broken {
        logKept(before, cast.log());
    }

    /** @param now as the database holds it after everything runs again */
    void logKept(SortedMap<Long, String> before, SortedMap<Long, String> now) throws Broken {
        for (Map.Entry<Long, String> row : before.entrySet()) {
            if (!row.getValue().equals(now.get(row.getKey()))) {
                throw new Broken(
                        Invariant.LOG_KEPT,
                        "row " + row.getKey() + " was " + row.getValue() + " and is " + now.get(row.getKey()));
            }
        }
        held.add(Invariant.LOG_KEPT);
    }

    /** @param log as the database holds it now */
    void guestThawed(SortedMap<Long, String> log) throws Broken {
        if (machine.isFrozen()) {
            throw new Broken(Invariant.GUEST_THAWED, "the guest is frozen");
        }
        String id = cast.idOf(machine);
        long begun = rows(log, id, "guest-freeze-begun.v1");
        long thawed = rows(log, id, "guest-thawed.v1");
        if (begun != thawed) {
            throw new Broken(
                    Invariant.GUEST_THAWED, "of " + begun + " freezes only " + thawed + " have ended by the log");
        }
        held.add(Invariant.GUEST_THAWED);
    }

    private static long rows(SortedMap<Long, String> log, String machine, String type) {
        return log.values().stream()
                .filter(row -> row.contains(type) && row.contains(machine))
                .count();
    }

    void qemuAgrees() throws Broken, IOException {
        JsonNode jobs = machine.execute("{\"execute\":\"query-jobs\"}");
        if (!jobs.isEmpty()) {
            throw new Broken(Invariant.NOTHING_LEFT, "jobs " + jobs);
        }
        for (JsonNode export : machine.execute("{\"execute\":\"query-block-exports\"}")) {
            if (export.path("id").asString("").startsWith("tm-")) {
                throw new Broken(Invariant.NOTHING_LEFT, "export " + export);
            }
        }
        JsonNode nodes = machine.execute("{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}");
        JsonNode chain = service().get("vms", machine.name(), "chain");
        for (JsonNode node : nodes) {
            String name = node.path("node-name").asString("");
            if (name.startsWith("tm-")) {
                throw new Broken(Invariant.NOTHING_LEFT, "node " + name);
            }
            if (DrillMachine.diskNames().contains(name)) {
                agrees(name, node, chain);
            }
        }
        held.add(Invariant.NOTHING_LEFT);
        held.add(Invariant.CHAIN_AGREES);
    }

    private static void agrees(String disk, JsonNode node, JsonNode chain) throws Broken {
        Set<String> held = new TreeSet<>();
        for (JsonNode bitmap : node.path("dirty-bitmaps")) {
            held.add(described(bitmap));
        }
        Set<String> logged = new TreeSet<>();
        for (JsonNode one : chain.path("disks")) {
            if (one.path("disk").asString("").equals(disk)) {
                one.path("bitmaps").forEach(bitmap -> logged.add(described(bitmap)));
            }
        }
        if (!held.equals(logged)) {
            throw new Broken(Invariant.CHAIN_AGREES, "disk " + disk + ": QEMU holds " + held + ", the log " + logged);
        }
    }

    private static String described(JsonNode bitmap) {
        return bitmap.path("name").asString("") + (bitmap.path("recording").asBoolean(false) ? " records" : "");
    }

    void nothingUnfinished() throws Broken, IOException {
        Path repository = cast.repository(machine);
        if (Files.exists(repository)) {
            try (Stream<Path> files = Files.walk(repository)) {
                List<Path> left = files.filter(file -> file.toString().contains(".partial")
                                || file.toString().contains(".deleted")
                                || file.toString().contains(".merge")
                                || file.toString().contains(".trial"))
                        .toList();
                if (!left.isEmpty()) {
                    throw new Broken(Invariant.NO_UNFINISHED_FILES, left.toString());
                }
            }
        }
        held.add(Invariant.NO_UNFINISHED_FILES);
    }

    /** Takes the backups that were completed meanwhile to those that are known; they hold one of these contents. */
    void meet(Path... possible) {
        for (String backup : completed()) {
            if (!machine.contents().containsKey(backup)) {
                machine.remember(backup, possible);
            }
        }
    }

    /** Every backup that the log calls completed; the repository's own files are compared, without the coordinator. */
    void backupsRestore() throws Broken, IOException {
        Set<String> completed = completed();
        Path repository = cast.repository(machine);
        for (String known : List.copyOf(machine.contents().keySet())) {
            if (!completed.contains(known) && machine.isGivenUp(known)) {
                deleted(known, repository);
                machine.forget(known);
            } else if (!completed.contains(known)) {
                throw new Broken(Invariant.BACKUPS_RESTORE, "completed backup " + known + " is gone from the log");
            }
        }
        Map<String, String> digests = new HashMap<>();
        for (String backup : completed) {
            digests.put(backup, digest(repository.resolve(backup)));
        }
        // A file that is to the bit what it was when it was compared holds what it held, if the same is true of all
        // files below
        // it. Any other one may be below others: then all are compared again.
        machine.verified().keySet().retainAll(completed);
        if (!digests.entrySet().containsAll(machine.verified().entrySet())) {
            machine.verified().clear();
        }
        for (String backup : completed) {
            if (machine.verified().containsKey(backup)) {
                continue;
            }
            List<Path> matching = new ArrayList<>();
            for (Path possible : machine.contents().getOrDefault(backup, List.of())) {
                if (holds(repository.resolve(backup), possible)) {
                    matching.add(possible);
                }
            }
            if (matching.isEmpty()) {
                throw new Broken(Invariant.BACKUPS_RESTORE, "backup " + backup + " does not hold what the disks held");
            }
            machine.remember(backup, matching.getFirst());
            machine.verified().put(backup, digests.getOrDefault(backup, ""));
        }
        held.add(Invariant.BACKUPS_RESTORE);
    }

    private void deleted(String backup, Path repository) throws Broken {
        String state = service().get("backups", backup).path("state").asString("");
        if (!state.equals("DELETED") || Files.exists(repository.resolve(backup))) {
            throw new Broken(
                    Invariant.BACKUPS_RESTORE,
                    "backup " + backup + " was to be deleted, is " + state + ", and its directory is "
                            + (Files.exists(repository.resolve(backup)) ? "there" : "gone"));
        }
    }

    private static String digest(Path backup) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String disk : DrillMachine.diskNames()) {
                Path image = backup.resolve(disk + ".qcow2");
                digest.update(Files.exists(image) ? Files.readAllBytes(image) : new byte[0]);
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private boolean holds(Path backup, Path content) {
        for (String disk : DrillMachine.diskNames()) {
            Path raw = DrillMachine.raw(content, disk);
            Path image = backup.resolve(disk + ".qcow2");
            if (!Files.exists(image) || !cast.stage().identical(raw, image, "qcow2")) {
                return false;
            }
        }
        return true;
    }

    /**
     * No second try: what follows a crash has to be right at once. Restored by the coordinator, compared with its sizes.
     *
     * @param lost by disk, the bitmaps that were in QEMU when it was killed
     */
    void nextBackupRight(Map<String, Set<String>> lost) throws Broken, IOException {
        machine.write();
        Path content = machine.content();
        Evidence evidence = new Evidence(machine.unbroken(), lost);
        String backup;
        Path to = machine.file("next-" + System.nanoTime());
        try {
            backup = service()
                    .done(Map.of("repo", "default", "kind", "AUTO"), "vms", machine.name(), "backups")
                    .path("target")
                    .asString("");
            evidence.carries(service().get("backups", backup), service().get("vms", machine.name(), "chain"));
            held.add(Invariant.NO_INCREMENTAL_ON_LOST_EVIDENCE);
            service()
                    .done(
                            Map.of("backup", backup, "to", to.toString(), "format", "RAW"),
                            "vms",
                            machine.name(),
                            "restores");
        } catch (Failure | StageFailure failure) {
            throw new Broken(Invariant.NEXT_BACKUP_RIGHT, String.valueOf(failure.getMessage()));
        }
        if (!DrillMachine.same(content, to)) {
            throw new Broken(Invariant.NEXT_BACKUP_RIGHT, "backup " + backup + " restores something else");
        }
        machine.remember(backup, content);
        held.add(Invariant.NEXT_BACKUP_RIGHT);
        Stage.delete(to);
    }

    private Set<String> completed() {
        Set<String> ids = new LinkedHashSet<>();
        for (JsonNode backup : service().get("vms", machine.name(), "backups").path("backups")) {
            // What was pulled lies with whoever has read it.
            boolean stored = backup.path("mode").asString("").equals("PUSH");
            if (stored && backup.path("state").asString("").equals("COMPLETED")) {
                ids.add(backup.path("id").asString(""));
            }
        }
        return ids;
    }

    private static boolean isEnded(JsonNode operation) {
        return List.of("DONE", "FAILED").contains(operation.path("state").asString(""));
    }

    private Service service() {
        return cast.service();
    }
}
