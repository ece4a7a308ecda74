package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.view.BackupView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much of a disk changed between backups: the log keeps what each incremental backup copied. Full ones say nothing about change, and
 * stand there without a height.
 */
public record Growth(String disk, List<Point> points, long bytesMax) {
    /** One backup of the disk, oldest first; without bytes it was a full one. */
    public record Point(String backup, Instant at, Optional<Long> bytes) {}

    public Growth {
        points = List.copyOf(points);
    }

    /** Of a height of so many units; what is not nothing is seen. */
    public int height(Point point, int units) {
        return point.bytes()
                .map(bytes ->
                        bytes == 0 ? 0 : (int) Math.max(2, Math.round((double) bytes * units / Math.max(1, bytesMax))))
                .orElse(0);
    }

    public boolean hasIncrements() {
        return points.stream().anyMatch(point -> point.bytes().isPresent());
    }

    /** In words, for those who do not see it. */
    public String summary() {
        long incrementals =
                points.stream().filter(point -> point.bytes().isPresent()).count();
        return disk + ": " + incrementals + " incremental of " + points.size() + " backups, the largest "
                + Words.bytes(bytesMax);
    }

    /** One for each disk, of backups that are given newest first. */
    static List<Growth> of(List<BackupView> backups) {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (BackupView backup : backups.reversed()) {
            Instant completed = backup.completedAt();
            if (completed == null || !backup.mode().equals("PUSH") || backup.mergedAt() != null) {
                // What it took in is in its bytes, so that they tell nothing about change any more.
                continue;
            }
            for (BackupView.Disk disk : backup.disks()) {
                if (disk.bytes() != null) {
                    points.computeIfAbsent(disk.disk(), name -> new ArrayList<>())
                            .add(new Point(
                                    backup.id(),
                                    completed,
                                    disk.kind().equals("INCREMENTAL") ? Optional.of(disk.bytes()) : Optional.empty()));
                }
            }
        }
        return points.entrySet().stream()
                .map(entry -> new Growth(
                        entry.getKey(),
                        entry.getValue(),
                        entry.getValue().stream()
                                .flatMap(point -> point.bytes().stream())
                                .mapToLong(Long::longValue)
                                .max()
                                .orElse(0)))
                .toList();
    }
}
