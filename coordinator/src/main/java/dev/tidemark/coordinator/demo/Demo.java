package dev.tidemark.coordinator.demo;

import dev.tidemark.coordinator.stage.Pause;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.coordinator.stage.VirtualMachine;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Backs up a real machine in full and incrementally while its guest writes, kills the coordinator in mid-backup and QEMU
 * between backups, resizes a disk behind our back, and restores every backup at the end to compare it, byte for byte,
 * with what the disk held at the backup's moment.
 */
public final class Demo {
    private static final String VM = "demo";
    private static final String REPOSITORY = "default";
    private static final long MEBIBYTE = 1024 * 1024;

    private final boolean json;
    private final boolean keep;
    private final PrintWriter out;
    private final Story story;
    private final List<Made> made = new ArrayList<>();

    /** A backup that was made, with the disks' contents at its moment beside it. */
    private record Made(String label, JsonNode backup, Path reference) {}

    private Demo(boolean json, boolean keep, PrintWriter out, PrintWriter err) {
        this.json = json;
        this.keep = keep;
        this.out = out;
        this.story = new Story(json ? err : out);
    }

    /**
     * Tells the story.
     *
     * @param keep leave the temporary home for a look
     * @return 0 if every restore was identical, else 1
     */
    public static int run(boolean json, boolean keep, PrintWriter out, PrintWriter err) {
        return new Demo(json, keep, out, err).run();
    }

    private int run() {
        long begin = System.nanoTime();
        try (Stage stage = Stage.open("tidemark-demo", keep)) {
            VirtualMachine machine = new VirtualMachine(stage.directory(), stage.programs(), 192, 96);
            play(stage, machine);
            List<Verdict> verdicts = restoreAll(stage, machine);
            boolean identical = verdicts.stream().allMatch(Verdict::identical);
            conclude(verdicts, identical, Service.elapsed(begin));
            return identical ? 0 : 1;
        } catch (IOException failure) {
            throw new StageFailure("the demo could not go on: " + failure.getMessage(), failure);
        }
    }

    private void play(Stage stage, VirtualMachine machine) throws IOException {
        Service service = stage.service();

        story.step("A machine and a coordinator");
        machine.install();
        machine.start();
        story.line("qemu-system-x86_64 (" + VirtualMachine.accelerator() + "), process " + machine.processId()
                + ": vda 192 MiB and vdb 96 MiB, a third of each filled with random bytes");
        long startMilliseconds = service.start();
        story.line("coordinator, process " + service.processId() + ", with its own PostgreSQL: ready in "
                + startMilliseconds + " ms");
        JsonNode added =
                service.done(Map.of("name", VM, "qmp", machine.qmpSocket().toString()), "vms");
        story.line("tidemark vm add demo: " + events(added) + " events appended");

        story.step("The first backup is full; the guest writes while it runs");
        backUp(stage, machine, "#1", 48 * MEBIBYTE, 40);

        story.step("The second is incremental: checkpoint, bitmaps and both jobs in one QMP transaction");
        guestWrites(machine, 60, 20);
        backUp(stage, machine, "#2", 0, 0);

        story.step("The coordinator is killed with SIGKILL in the middle of the third");
        guestWrites(machine, 80, 30);
        killCoordinatorMidBackup(stage, machine);

        story.step("QEMU is killed with SIGKILL: it forgets its bitmaps, the log does not forget what they meant");
        guestWrites(machine, 40, 15);
        killQemu(stage, machine);
        backUp(stage, machine, "#4", 0, 0);

        story.step("Somebody resizes vdb behind our back: only vdb needs a full backup");
        guestWrites(machine, 30, 10);
        machine.grow(VirtualMachine.SECOND, 32);
        guestWrites(machine, 10, 10);
        backUp(stage, machine, "#5", 0, 0);

        story.step("And on it goes incrementally");
        guestWrites(machine, 25, 25);
        backUp(stage, machine, "#6", 0, 0);
    }

    private void guestWrites(VirtualMachine machine, int first, int second) {
        machine.write(VirtualMachine.FIRST, first);
        machine.write(VirtualMachine.SECOND, second);
        story.line("the guest wrote " + Story.size(first * 65_536L) + " to vda and " + Story.size(second * 65_536L)
                + " to vdb, at random places");
    }

    private void backUp(
            Stage stage, VirtualMachine machine, String label, long bytesPerSecondMax, int granulesMeanwhile)
            throws IOException {
        Path reference = reference(stage, machine, label);
        long begin = System.nanoTime();
        JsonNode operation = start(stage, bytesPerSecondMax);
        if (granulesMeanwhile > 0) {
            JsonNode seen = stage.service().await(operation, "RUNNING", "DONE", "FAILED");
            machine.write(VirtualMachine.FIRST, granulesMeanwhile);
            boolean during = stage.service()
                    .await(operation, "RUNNING", "DONE", "FAILED")
                    .path("state")
                    .asString("")
                    .equals("RUNNING");
            story.line("while it ran (" + seen.path("state").asString("").toLowerCase(Locale.ROOT)
                    + "), the guest wrote " + Story.size(granulesMeanwhile * 65_536L) + " to vda"
                    + (during ? "" : "; it ended meanwhile"));
        }
        finished(stage, label, reference, operation, begin);
    }

    private JsonNode start(Stage stage, long bytesPerSecondMax) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("repo", REPOSITORY);
        body.put("kind", "AUTO");
        if (bytesPerSecondMax > 0) {
            body.put("bytesPerSecondMax", bytesPerSecondMax);
        }
        return stage.service().started(body, "vms", VM, "backups");
    }

    private void finished(Stage stage, String label, Path reference, JsonNode operation, long begin) {
        JsonNode ended = stage.service().ended(operation);
        long milliseconds = Service.elapsed(begin);
        JsonNode backup = stage.service().get("backups", ended.path("target").asString(""));
        for (JsonNode disk : backup.path("disks")) {
            String cause = disk.path("cause").asString("");
            story.line("backup " + label + " " + disk.path("disk").asString("") + ": "
                    + disk.path("kind").asString("") + (cause.isEmpty() ? "" : " (" + cause + ")") + ", "
                    + Story.size(disk.path("bytes").asLong(0)) + " copied");
        }
        story.line("done in " + milliseconds + " ms, digests read back; " + events(ended) + " events appended");
        made.add(new Made(label, backup, reference));
    }

    private void killCoordinatorMidBackup(Stage stage, VirtualMachine machine) throws IOException {
        Path reference = reference(stage, machine, "#3");
        long begin = System.nanoTime();
        JsonNode operation = start(stage, 2 * MEBIBYTE);
        JsonNode seen = stage.service().await(operation, "RUNNING", "FAILED");
        long process = stage.service().processId();
        stage.service().kill();
        story.line("backup #3 was " + seen.path("state").asString("") + " when process " + process + " was killed");
        machine.write(VirtualMachine.FIRST, 10);
        story.line("the guest goes on writing; QEMU's jobs go on copying; nobody watches them");
        long startMilliseconds = stage.service().start();
        story.line("coordinator again, process " + stage.service().processId() + ": log replayed and ready in "
                + startMilliseconds + " ms; it looks, finds its jobs, and adopts them");
        finished(stage, "#3", reference, operation, begin);
    }

    private void killQemu(Stage stage, VirtualMachine machine) throws IOException {
        long process = machine.processId();
        machine.kill();
        machine.start();
        story.line("QEMU, process " + process + ", was killed and is started again as process " + machine.processId());
        JsonNode reconciled = reconcile(stage);
        JsonNode chain = stage.service().get("vms", VM, "chain");
        for (JsonNode disk : chain.path("disks")) {
            story.line("log against QEMU, " + disk.path("disk").asString("") + ": "
                    + disk.path("state").asString("") + " " + disk.path("cause").asString(""));
        }
        story.line("reconciled at version " + reconciled.path("version").asLong(0) + " of the log, converged: "
                + reconciled.path("converged").asBoolean(false));
    }

    private static JsonNode reconcile(Stage stage) {
        // The gateway notices the new process by itself; asking makes the story wait for it.
        JsonNode answer = stage.service().started(Map.of(), "vms", VM, "reconciliation");
        for (int again = 0; again < 20 && !answer.path("converged").asBoolean(false); again++) {
            Pause.milliseconds(100);
            answer = stage.service().started(Map.of(), "vms", VM, "reconciliation");
        }
        return answer;
    }

    /** The guest is quiet now: what the disks hold is what the backup that starts next has to hold. */
    private static Path reference(Stage stage, VirtualMachine machine, String label) throws IOException {
        Path directory = stage.directory().resolve("reference-" + label.substring(1));
        machine.readAll(directory);
        return directory;
    }

    private List<Verdict> restoreAll(Stage stage, VirtualMachine machine) throws IOException {
        story.step("Every backup is restored and compared, byte for byte, with what the disks held at its moment");
        List<Verdict> verdicts = new ArrayList<>();
        long begin = System.nanoTime();
        for (Made one : made) {
            String id = one.backup().path("id").asString("");
            Path target = stage.directory().resolve("restored-" + one.label().substring(1));
            JsonNode restored = stage.service()
                    .done(Map.of("backup", id, "to", target.toString()), "vms", VM, "restores")
                    .path("result");
            for (JsonNode disk : restored.path("disks")) {
                String name = disk.path("disk").asString("");
                boolean identical = stage.identical(
                        VirtualMachine.file(one.reference(), name),
                        Path.of(disk.path("file").asString("")),
                        disk.path("format").asString(""));
                verdicts.add(verdict(one, name, identical));
            }
            Stage.delete(target);
        }
        int expected = made.size() * machine.disks().size();
        if (verdicts.size() != expected) {
            throw new StageFailure(verdicts.size() + " disks were restored, " + expected + " were backed up");
        }
        story.line(verdicts.size() + " disks restored and compared in " + Service.elapsed(begin) + " ms");
        return verdicts;
    }

    private static Verdict verdict(Made one, String disk, boolean identical) {
        for (JsonNode backed : one.backup().path("disks")) {
            if (backed.path("disk").asString("").equals(disk)) {
                return new Verdict(
                        one.label(),
                        disk,
                        backed.path("kind").asString(""),
                        backed.path("cause").asString(""),
                        backed.path("bytes").asLong(0),
                        identical);
            }
        }
        throw new StageFailure("disk " + disk + " was restored but not backed up");
    }

    private void conclude(List<Verdict> verdicts, boolean identical, long milliseconds) {
        if (json) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("steps", story.steps());
            result.put("backups", verdicts);
            result.put("identical", identical);
            result.put("milliseconds", milliseconds);
            out.println(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(result));
        } else {
            out.println();
            out.println(Verdict.HEADING);
            verdicts.forEach(verdict -> out.println(verdict.row()));
            out.println();
            out.println(
                    identical
                            ? "Every restore is identical. The whole story took " + milliseconds / 1000 + " s."
                            : "AT LEAST ONE RESTORE DIFFERS: this is the worst bug that this product can have.");
        }
        out.flush();
    }

    private static String events(JsonNode operation) {
        return Long.toString(operation.path("events").asLong(0));
    }
}
