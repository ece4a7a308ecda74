package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.view.EventView;
import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMerged;
import dev.tidemark.schema.event.BackupPulled;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.OperationInDoubt;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.json.EventNames;
import dev.tidemark.schema.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What happened to a machine's chains, newest first, with a lane for each disk that shows whether its changes were recorded in between.
 * What lies before the oldest event that was read is not known, and is drawn as such.
 *
 * @param complete whether the log has nothing older of this sort
 */
public record Timeline(List<String> disks, List<Row> rows, boolean complete) {
    /** The stored names of the events that it is made of. */
    static final Set<String> EVENTS = Set.of(
                    CheckpointCreated.class,
                    CheckpointDeleted.class,
                    ChainBroken.class,
                    BackupCompleted.class,
                    BackupPulled.class,
                    BackupFailed.class,
                    BackupAborted.class,
                    BackupDeleted.class,
                    BackupMerged.class,
                    BackupDamaged.class,
                    OperationInDoubt.class)
            .stream()
            .map(EventNames::nameOf)
            .collect(Collectors.toUnmodifiableSet());

    /** Whether a disk's changes are recorded. */
    public enum Recording {
        YES,
        NO,
        UNKNOWN
    }

    /** What is drawn on a lane. */
    public enum Mark {
        CHECKPOINT,
        FULL,
        INCREMENTAL,
        BREAK,
        GONE,
        NONE
    }

    /** One disk's part of a row: newer is above. */
    public record Lane(Recording above, Recording below, Mark mark) {}

    /** One event; {@code address} leads to what it is about. */
    public record Row(
            Instant at, String style, String title, String detail, Optional<String> address, List<Lane> lanes) {
        public Row {
            lanes = List.copyOf(lanes);
        }
    }

    public Timeline {
        disks = List.copyOf(disks);
        rows = List.copyOf(rows);
    }

    /**
     * Draws the events.
     *
     * @param events newest first
     * @param checkpointName what people call a checkpoint
     */
    static Timeline of(
            List<EventView> events,
            List<String> present,
            boolean complete,
            Function<CheckpointId, String> checkpointName) {
        List<MachineEvent> told = events.reversed().stream()
                .<MachineEvent>map(event -> Json.MAPPER.treeToValue(event.data(), EventNames.classOf(event.type())))
                .toList();
        Set<String> disks = new LinkedHashSet<>(present);
        told.forEach(event -> disks.addAll(disksOf(event)));
        Drawing drawing = new Drawing(List.copyOf(disks), complete, checkpointName);
        told.forEach(drawing::add);
        return new Timeline(drawing.disks, drawing.rows.reversed(), complete);
    }

    private static List<String> disksOf(MachineEvent event) {
        return switch (event) {
            case CheckpointCreated created ->
                created.disks().stream().map(disk -> disk.disk().value()).toList();
            case ChainBroken broken -> List.of(broken.disk().value());
            case BackupCompleted completed ->
                completed.disks().stream().map(disk -> disk.disk().value()).toList();
            default -> List.of();
        };
    }

    /** Goes through the log once, oldest first. */
    private static final class Drawing {
        private final List<String> disks;
        private final boolean complete;
        private final Function<CheckpointId, String> checkpointName;
        private final Map<String, Recording> recording = new HashMap<>();
        private final Map<String, Set<CheckpointId>> living = new HashMap<>();
        private final List<Row> rows = new ArrayList<>();

        Drawing(List<String> disks, boolean complete, Function<CheckpointId, String> checkpointName) {
            this.disks = disks;
            this.complete = complete;
            this.checkpointName = checkpointName;
            disks.forEach(disk -> {
                recording.put(disk, complete ? Recording.NO : Recording.UNKNOWN);
                living.put(disk, new LinkedHashSet<>());
            });
        }

        void add(MachineEvent event) {
            switch (event) {
                case CheckpointCreated created -> created(created);
                case CheckpointDeleted deleted -> deleted(deleted);
                case ChainBroken broken -> broken(broken);
                case BackupCompleted completed -> completed(completed);
                case BackupPulled pulled ->
                    plain(
                            event,
                            "sound",
                            "Pull backup finished",
                            pulled.backup().value(),
                            backup(pulled.backup()));
                case BackupFailed failed ->
                    plain(
                            event,
                            "alarm",
                            "Backup failed: " + Words.plain(failed.code().name()),
                            failed.detail(),
                            backup(failed.backup()));
                case BackupAborted aborted ->
                    plain(
                            event,
                            "note",
                            "Backup ended on request",
                            aborted.backup().value(),
                            backup(aborted.backup()));
                case BackupDeleted deleted ->
                    plain(event, "note", "Backup deleted", deleted.backup().value(), backup(deleted.backup()));
                case BackupMerged merged ->
                    plain(
                            event,
                            "note",
                            "Backup took in what it stood on",
                            merged.backup().value(),
                            backup(merged.backup()));
                case BackupDamaged damaged ->
                    plain(
                            event,
                            "alarm",
                            "Damage found",
                            damaged.disks().stream()
                                    .map(disk -> disk.disk() + ": " + disk.detail())
                                    .collect(Collectors.joining("; ")),
                            backup(damaged.backup()));
                case OperationInDoubt doubt ->
                    plain(
                            event,
                            "alarm",
                            "In doubt",
                            doubt.detail(),
                            Optional.of(Addresses.operation(doubt.operation().value())));
                default -> throw new IllegalArgumentException("not drawn: " + event);
            }
        }

        private void created(CheckpointCreated created) {
            Map<String, Mark> marks = new HashMap<>();
            Map<String, Recording> after = new HashMap<>();
            created.disks().forEach(disk -> {
                String name = disk.disk().value();
                marks.put(name, Mark.CHECKPOINT);
                after.put(name, Recording.YES);
                bitmaps(name).add(created.checkpoint());
            });
            row(
                    created,
                    "sound",
                    "Checkpoint " + checkpointName.apply(created.checkpoint()),
                    Words.plain(created.consistency().name()) + "-consistent; a bitmap records from here on "
                            + String.join(", ", marks.keySet().stream().sorted().toList()),
                    Optional.empty(),
                    marks,
                    after);
        }

        private void deleted(CheckpointDeleted deleted) {
            Map<String, Mark> marks = new HashMap<>();
            Map<String, Recording> after = new HashMap<>();
            living.forEach((disk, bitmaps) -> {
                if (bitmaps.remove(deleted.checkpoint())) {
                    marks.put(disk, Mark.GONE);
                    stillRecords(disk).ifPresent(now -> after.put(disk, now));
                }
            });
            row(
                    deleted,
                    "note",
                    "Checkpoint " + checkpointName.apply(deleted.checkpoint()) + " deleted",
                    "",
                    Optional.empty(),
                    marks,
                    after);
        }

        private void broken(ChainBroken broken) {
            String disk = broken.disk().value();
            broken.checkpoints().forEach(bitmaps(disk)::remove);
            Map<String, Recording> after = new HashMap<>();
            stillRecords(disk).ifPresent(now -> after.put(disk, now));
            row(
                    broken,
                    "alarm",
                    "Chain of " + disk + " broken: "
                            + Words.plain(broken.cause().name()),
                    broken.detail(),
                    Optional.empty(),
                    Map.of(disk, Mark.BREAK),
                    after);
        }

        private void completed(BackupCompleted completed) {
            Map<String, Mark> marks = new LinkedHashMap<>();
            StringBuilder detail = new StringBuilder();
            for (CompletedDisk disk : completed.disks()) {
                marks.put(disk.disk().value(), disk.kind() == BackupKind.FULL ? Mark.FULL : Mark.INCREMENTAL);
                detail.append(detail.isEmpty() ? "" : " · ")
                        .append(disk.disk())
                        .append(' ')
                        .append(Words.plain(disk.kind().name()))
                        .append(' ')
                        .append(Words.bytes(disk.bytes()));
            }
            row(
                    completed,
                    "sound",
                    "Backup into " + completed.repository(),
                    detail.toString(),
                    backup(completed.backup()),
                    marks,
                    Map.of());
        }

        private void plain(MachineEvent event, String style, String title, String detail, Optional<String> address) {
            row(event, style, title, detail, address, Map.of(), Map.of());
        }

        private Set<CheckpointId> bitmaps(String disk) {
            return living.computeIfAbsent(disk, name -> new LinkedHashSet<>());
        }

        /** Nothing if it goes on as it is; where older checkpoints were not read, their bitmaps may still be there. */
        private Optional<Recording> stillRecords(String disk) {
            return bitmaps(disk).isEmpty()
                    ? Optional.of(complete ? Recording.NO : Recording.UNKNOWN)
                    : Optional.empty();
        }

        private void row(
                MachineEvent event,
                String style,
                String title,
                String detail,
                Optional<String> address,
                Map<String, Mark> marks,
                Map<String, Recording> after) {
            List<Lane> lanes = new ArrayList<>();
            for (String disk : disks) {
                Recording before = recording.getOrDefault(disk, Recording.UNKNOWN);
                Recording now = after.getOrDefault(disk, before);
                recording.put(disk, now);
                lanes.add(new Lane(now, before, marks.getOrDefault(disk, Mark.NONE)));
            }
            rows.add(new Row(event.at(), style, title, detail, address, lanes));
        }

        private static Optional<String> backup(BackupId backup) {
            return Optional.of(Addresses.backup(backup.value()));
        }
    }
}
