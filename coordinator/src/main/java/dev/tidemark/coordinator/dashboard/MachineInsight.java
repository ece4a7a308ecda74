package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.MachineSight;
import java.util.List;
import java.util.Optional;

/**
 * A registered machine as far as its log and the last look tell.
 *
 * @param gatewaySilent nobody holds the lease of its host: what was seen may be long ago
 * @param next what an automatic backup would be now, in the repository that was used last and then in the others; empty if nobody can
 *     tell, because no disk was seen yet
 * @param broken disks that had a chain and have none
 * @param drift what the last look showed and no intent explains; empty is only an answer if the machine was seen
 */
public record MachineInsight(
        String id,
        String name,
        String host,
        MachineSight sight,
        boolean gatewaySilent,
        List<Outlook> next,
        List<BrokenDisk> broken,
        List<Drift> drift) {
    /** The next automatic backup into one repository. */
    public record Outlook(String repository, List<DiskOutlook> disks) {
        public Outlook {
            disks = List.copyOf(disks);
        }

        /** Whether any disk would be copied as a whole. */
        public boolean needsFull() {
            return disks.stream().anyMatch(DiskOutlook::full);
        }
    }

    /** The same of one disk; {@code cause} and {@code detail} say why it is full. */
    public record DiskOutlook(String disk, boolean full, Optional<String> cause, String detail) {}

    /** A disk whose chain broke and was not begun again. */
    public record BrokenDisk(String disk, String cause, String detail) {}

    /** One thing that no intent explains, and what is done about it. */
    public record Drift(String kind, Optional<String> disk, String subject, String detail, String action) {}

    public MachineInsight {
        next = List.copyOf(next);
        broken = List.copyOf(broken);
        drift = List.copyOf(drift);
    }

    /** Whether a gateway that is there now has looked at it. */
    public boolean seen() {
        return !gatewaySilent && sight.state() == MachineSight.State.UP;
    }
}
