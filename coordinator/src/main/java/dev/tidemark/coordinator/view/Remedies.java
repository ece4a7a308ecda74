package dev.tidemark.coordinator.view;

import dev.tidemark.schema.event.FailureCode;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What to do about an operation that did not end well. */
final class Remedies {
    private static final Map<String, FailureCode> CODES =
            Arrays.stream(FailureCode.values()).collect(Collectors.toMap(Enum::name, Function.identity()));

    private Remedies() {}

    static @Nullable String of(OperationState state, @Nullable String code) {
        return switch (state) {
            case PENDING, RUNNING, DONE -> null;
            case UNKNOWN ->
                "Wait: the machine is looked at again, and the outcome follows from what is seen. Do not repeat it.";
            case FAILED -> code == null ? null : afterFailure(code);
        };
    }

    private static String afterFailure(String code) {
        if (code.equals(Projection.TOO_LATE)) {
            return "Nothing to do; delete the backup if it is not wanted.";
        }
        FailureCode known = CODES.get(code);
        return known == null ? "See the machine's events." : remedy(known);
    }

    private static String remedy(FailureCode code) {
        return switch (code) {
            case MACHINE_UNAVAILABLE -> "Start the machine, or free its QMP socket, and ask again.";
            case QEMU_REFUSED -> "Read QEMU's answer in the detail; nothing was changed, so it is safe to ask again.";
            case GUEST_AGENT_UNAVAILABLE ->
                "Start qemu-guest-agent in the guest and check the machine's agent socket, or ask without '--quiesce'.";
            case QUIESCE_FAILED ->
                "Read in the detail why the guest was not frozen, or ask without '--quiesce'; nothing was changed.";
            case EVIDENCE_CHANGED ->
                "Ask again; if it repeats, look for another tool that changes the machine's bitmaps.";
            case CONFIGURATION_CHANGED ->
                "Back up again, and leave the machine's disks as they are until it is done: no bit was lost.";
            case FULL_REQUIRED -> "Ask for an automatic or a full backup.";
            case NOTHING_TO_DO -> "Choose disks that exist and can keep a bitmap (see the machine's disks).";
            case JOB_FAILED -> "Read the job's error in the detail, cure it, and back up again: no bit was lost.";
            case JOB_GONE -> "Back up again: no bit was lost that QEMU did not lose.";
            case EXPORT_GONE -> "Start it again; of a pull no bit was lost. Find out who ended the export.";
            case EXPORT_SERVER_REFUSED ->
                "Read QEMU's answer in the detail. If somebody else has QEMU serve exports, take a push backup, or let them end it.";
            case SCRATCH_FULL ->
                "Start it again with more room; a pull also with a higher scratch limit, or read faster: no bit of it was lost.";
            case LEASE_EXPIRED -> "Start it again with a longer lease, and end it in time; of a pull no bit was lost.";
            case BASE_BACKUP_MISSING -> "Take a full backup, or bring the missing backup back into the repository.";
            case REPOSITORY_UNKNOWN -> "Name a repository that the machine's gateway knows.";
            case REPOSITORY_FAILED -> "Check that the repository is mounted, writable and has space; then ask again.";
            case TARGET_EXISTS -> "Choose an empty directory, or move away what is there.";
            case TARGET_REFUSED ->
                "If the gateway of the machine's host does not allow it, start that with '--allow-target' and what the detail names."
                        + " If QEMU opened something else, see who can write there, and that QEMU has the same /dev"
                        + " (libvirt: namespaces = [] in qemu.conf). Or choose another target.";
            case TARGET_UNAVAILABLE ->
                "See that the device or the NBD server is there, also for QEMU (libvirt gives it a /dev of its own unless"
                        + " qemu.conf says namespaces = []), and ask again.";
            case TARGET_TOO_SMALL -> "Choose a target that is as large as the disk or larger.";
            case TARGET_READ_ONLY -> "Make the target writable for the gateway's user, or choose another one.";
            case TARGET_IN_USE -> "End what uses the target, or choose another one.";
            case TARGET_CLAIMED ->
                "Choose another target, or delete the backup that the detail names first; its directory, if no vm lists it.";
            case TARGET_DIFFERS -> "Do not use this target: it does not keep what is written to it.";
            case TARGET_FAILED ->
                "Read in the detail what failed, and ask again; what the target holds now is not the disk.";
            case BACKUP_ELSEWHERE -> "Read the disk where the detail says that it lies, with nbdcopy or dd: it is raw.";
            case BACKUP_DAMAGED -> "Restore an older backup, and take a full backup now.";
            case KEY_MISSING ->
                "Give the gateway the key by '--encryption-key REPOSITORY=FILE', in a file that it and QEMU can read; then ask again.";
            case KEY_WRONG ->
                "Give the gateway also the key that the detail names, by another '--encryption-key REPOSITORY=FILE'; then ask again.";
            case BACKUP_NEEDED -> "Delete the backups that stand on it first, or keep it.";
            case ABORTED -> "Nothing to do; it was ended on request.";
            case JOB_STALLED ->
                "See whether the repository's storage answers; a slow one may take 'serve --stall-limit'. No bit was lost.";
            case DEADLINE_PASSED -> "Back up again with more time, or at another hour: no bit was lost.";
            case MACHINE_REMOVED -> "Register the machine again.";
            case UNSUPPORTED -> "Read in the detail what the machine or the disk cannot do.";
        };
    }
}
