package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.Ulid;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A machine as a repository tells of it.
 *
 * @param backups oldest first: a backup is never before one that it stands on, whatever the clocks said; those without a manifest
 *     that can be read come last
 */
public record CataloguedMachine(MachineId id, List<CataloguedBackup> backups) {
    private static final long MILLISECONDS_MAX = (1L << 48) - 1;

    public CataloguedMachine {
        backups = inOrder(backups);
    }

    /** The name that it had at its newest backup. */
    public Optional<MachineName> name() {
        return readable()
                .reduce((older, newer) -> newer)
                .flatMap(CataloguedBackup::manifest)
                .map(Manifest::machineName);
    }

    /** Whether it is called so: by its id, or by a name that it had at any of its backups. */
    public boolean isCalled(String nameOrId) {
        return id.value().equals(nameOrId)
                || readable()
                        .flatMap(backup -> backup.manifest().stream())
                        .anyMatch(manifest -> manifest.machineName().value().equals(nameOrId));
    }

    /**
     * The newest backup that holds all these disks; if a moment is given, the newest whose own moment is surely not after it. Refused
     * where a backup that cannot be read may be the newer one: an older one must be asked for, not slipped in.
     */
    public CataloguedBackup newest(Collection<DiskName> disks, Optional<Instant> at) throws RepositoryException {
        Optional<CataloguedBackup> found = readable()
                .filter(backup -> backup.holds(disks))
                .filter(backup -> at.isEmpty()
                        || backup.notAfter().map(end -> !end.isAfter(at.get())).orElse(false))
                .reduce((older, newer) -> newer);
        Optional<CataloguedBackup> hidden = backups.stream()
                .filter(backup -> backup.manifest().isEmpty())
                .filter(backup -> found.isEmpty()
                        || backup.id().value().compareTo(found.get().id().value()) > 0)
                .filter(backup -> at.isEmpty() || backup.id().value().compareTo(lastIdOf(at.get())) <= 0)
                .findFirst();
        if (hidden.isPresent()) {
            throw new RepositoryException(
                    FailureCode.BACKUP_DAMAGED,
                    "backup " + hidden.get().id() + " may be the one, and cannot be read: "
                            + hidden.get().fault());
        }
        return found.orElseThrow(() -> new RepositoryException(
                FailureCode.BASE_BACKUP_MISSING,
                "there is no backup of machine " + id + " that fits"
                        + (at.isPresent() ? " and is surely not later than " + at.get() : "")));
    }

    /** Those that may be of the moment that was asked for, and may be of a later one; newer than what was found. */
    public List<CataloguedBackup> underWay(Instant at, CataloguedBackup found) {
        return backups.subList(backups.indexOf(found) + 1, backups.size()).stream()
                .filter(backup -> backup.manifest()
                        .map(manifest -> !manifest.requestedAt().isAfter(at))
                        .orElse(false))
                .toList();
    }

    private Stream<CataloguedBackup> readable() {
        return backups.stream().filter(backup -> backup.manifest().isPresent());
    }

    private static List<CataloguedBackup> inOrder(List<CataloguedBackup> backups) {
        List<CataloguedBackup> byClock = backups.stream()
                .filter(backup -> backup.manifest().isPresent())
                .sorted(Comparator.comparing((CataloguedBackup backup) ->
                                backup.manifest().orElseThrow().requestedAt())
                        .thenComparing(backup -> backup.id().value()))
                .toList();
        Map<BackupId, CataloguedBackup> known =
                byClock.stream().collect(Collectors.toMap(CataloguedBackup::id, Function.identity()));
        Set<CataloguedBackup> inOrder = new LinkedHashSet<>();
        // Whoever has a place or is about to get one: a hostile chain may be a circle.
        Set<CataloguedBackup> begun = new HashSet<>();
        for (CataloguedBackup backup : byClock) {
            Deque<CataloguedBackup> open = new ArrayDeque<>(List.of(backup));
            while (!open.isEmpty()) {
                CataloguedBackup next = open.getFirst();
                begun.add(next);
                Optional<CataloguedBackup> below = next.parents().stream()
                        .flatMap(parent -> Optional.ofNullable(known.get(parent)).stream())
                        .filter(parent -> !begun.contains(parent))
                        .findFirst();
                below.ifPresentOrElse(open::push, () -> inOrder.add(open.pop()));
            }
        }
        List<CataloguedBackup> all = new ArrayList<>(inOrder);
        backups.stream()
                .filter(backup -> backup.manifest().isEmpty())
                .sorted(Comparator.comparing(backup -> backup.id().value()))
                .forEach(all::add);
        return List.copyOf(all);
    }

    /** No backup that was asked for until then has an id behind this one: ids begin with their time. */
    private static String lastIdOf(Instant moment) {
        byte[] last = new byte[Ulid.RANDOMNESS_BYTES];
        Arrays.fill(last, (byte) 0xff);
        return Ulid.encode(Math.clamp(moment.toEpochMilli(), 0, MILLISECONDS_MAX), last);
    }
}
