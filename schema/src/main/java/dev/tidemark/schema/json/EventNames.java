package dev.tidemark.schema.json;

import dev.tidemark.schema.event.BackupAbortRequested;
import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupDeletionFailed;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupFinishRequested;
import dev.tidemark.schema.event.BackupMergeFailed;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.BackupMerged;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.BackupPulled;
import dev.tidemark.schema.event.BackupReady;
import dev.tidemark.schema.event.BackupReplanned;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupSpeedChanged;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.BackupUnprotected;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CheckpointDeletionFailed;
import dev.tidemark.schema.event.CheckpointDeletionRequested;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.DriftGone;
import dev.tidemark.schema.event.ErrandAbortRequested;
import dev.tidemark.schema.event.GuestFreezeBegun;
import dev.tidemark.schema.event.GuestThawed;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.event.OperationInDoubt;
import dev.tidemark.schema.event.RestoreCompleted;
import dev.tidemark.schema.event.RestoreExportEndRequested;
import dev.tidemark.schema.event.RestoreExportEnded;
import dev.tidemark.schema.event.RestoreExportFailed;
import dev.tidemark.schema.event.RestoreExportOpened;
import dev.tidemark.schema.event.RestoreExportRequested;
import dev.tidemark.schema.event.RestoreFailed;
import dev.tidemark.schema.event.RestoreRequested;
import dev.tidemark.schema.event.RetentionChanged;
import dev.tidemark.schema.event.VerificationFailed;
import dev.tidemark.schema.event.VerificationRequested;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The names under which events are stored: {@code checkpoint-requested.v1}. A name never changes its meaning and is never
 * dropped; a new shape of an event gets a new version beside the old one. Class names stay out of the log, so that code
 * can move.
 */
public final class EventNames {
    private static final Map<String, Class<? extends MachineEvent>> BY_NAME = explicit();

    private static final Map<Class<?>, String> BY_CLASS =
            BY_NAME.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));

    private EventNames() {}

    /** Every stored name with the record that it is read into. */
    public static Map<String, Class<? extends MachineEvent>> all() {
        return BY_NAME;
    }

    /** The name under which an event of this type is stored. */
    public static String nameOf(Class<?> type) {
        String name = BY_CLASS.get(type);
        if (name == null) {
            throw new IllegalArgumentException(type.getName() + " is not an event of the log");
        }
        return name;
    }

    /**
     * The record into which a stored event is read.
     *
     * @throws IllegalArgumentException if this version of Tidemark does not know the name: the log was written by a newer
     *     one, and reading on would lose what it says
     */
    public static Class<? extends MachineEvent> classOf(String name) {
        Class<? extends MachineEvent> type = BY_NAME.get(name);
        if (type == null) {
            throw new IllegalArgumentException("no event is known under the name '" + name + "'");
        }
        return type;
    }

    private static Map<String, Class<? extends MachineEvent>> explicit() {
        Map<String, Class<? extends MachineEvent>> names = new LinkedHashMap<>();
        names.put("machine-registered.v1", MachineRegistered.class);
        names.put("machine-removed.v1", MachineRemoved.class);
        names.put("machine-observed.v1", MachineObserved.class);
        names.put("checkpoint-requested.v1", CheckpointRequested.class);
        names.put("checkpoint-created.v1", CheckpointCreated.class);
        names.put("checkpoint-failed.v1", CheckpointFailed.class);
        names.put("checkpoint-deletion-requested.v1", CheckpointDeletionRequested.class);
        names.put("checkpoint-deleted.v1", CheckpointDeleted.class);
        names.put("checkpoint-deletion-failed.v1", CheckpointDeletionFailed.class);
        names.put("chain-broken.v1", ChainBroken.class);
        names.put("drift-found.v1", DriftFound.class);
        names.put("drift-gone.v1", DriftGone.class);
        names.put("operation-in-doubt.v1", OperationInDoubt.class);
        names.put("guest-freeze-begun.v1", GuestFreezeBegun.class);
        names.put("guest-thawed.v1", GuestThawed.class);
        names.put("backup-requested.v1", BackupRequested.class);
        names.put("backup-replanned.v1", BackupReplanned.class);
        names.put("backup-started.v1", BackupStarted.class);
        names.put("backup-ready.v1", BackupReady.class);
        names.put("backup-finish-requested.v1", BackupFinishRequested.class);
        names.put("backup-pulled.v1", BackupPulled.class);
        names.put("backup-completed.v1", BackupCompleted.class);
        names.put("backup-failed.v1", BackupFailed.class);
        names.put("backup-abort-requested.v1", BackupAbortRequested.class);
        names.put("backup-speed-changed.v1", BackupSpeedChanged.class);
        names.put("backup-aborted.v1", BackupAborted.class);
        names.put("verification-requested.v1", VerificationRequested.class);
        names.put("backup-verified.v1", BackupVerified.class);
        names.put("backup-damaged.v1", BackupDamaged.class);
        names.put("verification-failed.v1", VerificationFailed.class);
        names.put("errand-abort-requested.v1", ErrandAbortRequested.class);
        names.put("restore-requested.v1", RestoreRequested.class);
        names.put("restore-completed.v1", RestoreCompleted.class);
        names.put("restore-failed.v1", RestoreFailed.class);
        names.put("restore-export-requested.v1", RestoreExportRequested.class);
        names.put("restore-export-opened.v1", RestoreExportOpened.class);
        names.put("restore-export-end-requested.v1", RestoreExportEndRequested.class);
        names.put("restore-export-ended.v1", RestoreExportEnded.class);
        names.put("restore-export-failed.v1", RestoreExportFailed.class);
        names.put("backup-deletion-requested.v1", BackupDeletionRequested.class);
        names.put("backup-deleted.v1", BackupDeleted.class);
        names.put("backup-deletion-failed.v1", BackupDeletionFailed.class);
        names.put("backup-protected.v1", BackupProtected.class);
        names.put("backup-unprotected.v1", BackupUnprotected.class);
        names.put("retention-changed.v1", RetentionChanged.class);
        names.put("backup-merge-requested.v1", BackupMergeRequested.class);
        names.put("backup-merged.v1", BackupMerged.class);
        names.put("backup-merge-failed.v1", BackupMergeFailed.class);
        return Collections.unmodifiableMap(names);
    }
}
