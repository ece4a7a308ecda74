package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.id.DiskName;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Members of bodies that are plain text or lists, checked before anything is done with them. */
final class Given {
    /** A Unix socket's path must fit into {@code sockaddr_un}, with a NUL at its end. */
    private static final int SOCKET_PATH_BYTES_MAX = 107;

    private static final int PATH_BYTES_MAX = 4095;
    private static final int DESCRIPTION_LENGTH_MAX = 1024;

    private Given() {}

    static String socket(String field, String path) {
        return absolute(field, path, SOCKET_PATH_BYTES_MAX);
    }

    static String directory(String field, String path) {
        return absolute(field, path, PATH_BYTES_MAX);
    }

    private static String absolute(String field, String path, int bytesMax) {
        boolean stepsUp = Arrays.asList(path.split("/", -1)).contains("..");
        if (!path.startsWith("/")
                || stepsUp
                || unprintable(path, false)
                || path.getBytes(StandardCharsets.UTF_8).length > bytesMax) {
            throw Refusal.member(
                    field,
                    "'" + field + "' is not an absolute path of at most " + bytesMax
                            + " bytes without '..' and control characters",
                    "Give the absolute path.");
        }
        return path;
    }

    /** Why, in words that a person can read years later. */
    static Optional<String> reason(String field, Optional<String> text) {
        if (text.isPresent()
                && (text.get().isBlank()
                        || text.get().length() > DESCRIPTION_LENGTH_MAX
                        || unprintable(text.get(), true))) {
            throw Refusal.member(
                    field,
                    "'" + field + "' is blank, has control or broken characters, or more than " + DESCRIPTION_LENGTH_MAX
                            + " of them",
                    "Say why, in a line or a few.");
        }
        return text;
    }

    static Optional<String> description(Optional<String> text) {
        if (text.isPresent() && (text.get().length() > DESCRIPTION_LENGTH_MAX || unprintable(text.get(), true))) {
            throw Refusal.member(
                    "description",
                    "the description has control characters, broken characters, or more than " + DESCRIPTION_LENGTH_MAX
                            + " characters",
                    "Shorten it, or leave it out.");
        }
        return text;
    }

    /** The selected disks; empty, which means all, if nothing was said. */
    static List<DiskName> disks(Optional<? extends List<@Nullable DiskName>> disks) {
        if (disks.isEmpty()) {
            return List.of();
        }
        Set<DiskName> seen = new HashSet<>();
        for (DiskName disk : disks.get()) {
            if (disk == null || !seen.add(disk)) {
                throw Refusal.member("disks", "a disk in 'disks' is null or named twice", "Name each disk once.");
            }
        }
        if (seen.isEmpty()) {
            throw Refusal.member("disks", "'disks' selects no disk", "Name a disk, or leave 'disks' out for all.");
        }
        return disks.get().stream().map(DiskName.class::cast).toList();
    }

    /** Where disks go that go to no file; empty if nothing was said. */
    static List<DiskTarget> targets(Optional<? extends List<@Nullable DiskTarget>> targets) {
        if (targets.isEmpty()) {
            return List.of();
        }
        if (targets.get().isEmpty() || targets.get().contains(null)) {
            throw Refusal.member(
                    "targets", "'targets' is empty, or one of them is null", "Name a disk and its address.");
        }
        return targets.get().stream().map(DiskTarget.class::cast).toList();
    }

    static Optional<Instant> moment(String field, Optional<String> text) {
        try {
            return text.map(given -> OffsetDateTime.parse(given).toInstant());
        } catch (DateTimeException malformed) {
            throw Refusal.member(
                    field, "'" + field + "' is not a moment", "Write it like 2026-01-31T23:59:59Z (ISO 8601).");
        }
    }

    private static boolean unprintable(String text, boolean lines) {
        return text.codePoints()
                .anyMatch(point -> Character.getType(point) == Character.SURROGATE
                        || (Character.isISOControl(point) && !(lines && (point == '\n' || point == '\t'))));
    }
}
