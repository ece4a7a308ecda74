package dev.tidemark.coordinator.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidemark.schema.event.MachineConfiguration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A backup, whatever became of it. {@code vm} is the machine's name, {@code vmId} outlives a rename; {@code damaged} says that one of
 * its disks cannot be restored, for damage of its own or of a backup that it stands on; without {@code bytesPerSecondMax} it may
 * copy as fast as it can; {@code hold} is the reason of a legal one; {@code crashCause} says why it is CRASH although a frozen guest
 * was asked for; a pull backup has {@code leaseUntil}, and {@code scratchBytesMax} if what it keeps is limited;
 * {@code deadline} is when it is to have ended, {@code mergedAt} when it last took in what it stood on. {@code exports} are those of
 * it that are open: until they have ended it is neither deleted nor merged.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BackupView(
        String id,
        String vm,
        String vmId,
        String repo,
        String mode,
        String request,
        @Nullable String compression,
        String state,
        @Nullable String checkpoint,
        @Nullable String consistency,
        @Nullable String crashCause,
        @Nullable Long bytesPerSecondMax,
        @Nullable Instant leaseUntil,
        @Nullable Long scratchBytesMax,
        @Nullable Instant deadline,
        Instant requestedAt,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt,
        @Nullable String code,
        @Nullable String error,
        @Nullable Instant verifiedAt,
        @Nullable String verifiedBy,
        @Nullable Instant mergedAt,
        @Nullable String mergedBy,
        @Nullable Instant deepVerifiedAt,
        boolean damaged,
        @JsonProperty("protected") boolean isProtected,
        @Nullable String hold,
        @Nullable String heldBy,
        @Nullable Instant heldSince,
        String operation,
        @Nullable String waitsFor,
        @Nullable ProgressView progress,
        List<String> exports,
        List<Disk> disks,
        @Nullable MachineConfiguration configuration) {
    private static final String QUEUED = "QUEUED";

    /**
     * One disk of the backup; {@code cause} says why it is not incremental. The file's facts are there once it is
     * complete; {@code file} is relative to the repository. {@code damage} is what is wrong with that very file, {@code damagedBy}
     * the backups below with a damaged file that this disk is restored from too. {@code uri} is where a pull backup is read, while it
     * can be, and {@code dirtyContext} what tells there what changed. {@code encryption} is empty where the file can be read without
     * a key, {@code encryptionKey} tells which key it takes.
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Disk(
            String disk,
            String kind,
            @Nullable String since,
            @Nullable String parent,
            @Nullable String cause,
            @Nullable String detail,
            @Nullable Long bytes,
            @Nullable String file,
            @Nullable Long fileSize,
            @Nullable String sha256,
            @Nullable Long virtualSize,
            @Nullable String encryption,
            @Nullable String encryptionKey,
            @Nullable String uri,
            @Nullable String dirtyContext,
            @Nullable String damage,
            List<String> damagedBy) {
        public Disk {
            damagedBy = List.copyOf(damagedBy);
        }
    }

    public BackupView {
        exports = List.copyOf(exports);
        disks = List.copyOf(disks);
    }

    /** The same backup, which has not begun because others are before it. */
    public BackupView waitingFor(String reason) {
        return shown(QUEUED, reason, progress);
    }

    /** The same backup, seen at work. */
    public BackupView at(ProgressView seen) {
        return shown(state, waitsFor, seen);
    }

    private BackupView shown(String shownState, @Nullable String reason, @Nullable ProgressView seen) {
        return new BackupView(
                id,
                vm,
                vmId,
                repo,
                mode,
                request,
                compression,
                shownState,
                checkpoint,
                consistency,
                crashCause,
                bytesPerSecondMax,
                leaseUntil,
                scratchBytesMax,
                deadline,
                requestedAt,
                startedAt,
                completedAt,
                code,
                error,
                verifiedAt,
                verifiedBy,
                mergedAt,
                mergedBy,
                deepVerifiedAt,
                damaged,
                isProtected,
                hold,
                heldBy,
                heldSince,
                operation,
                reason,
                seen,
                exports,
                disks,
                configuration);
    }
}
