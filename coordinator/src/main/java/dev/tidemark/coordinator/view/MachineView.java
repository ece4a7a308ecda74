package dev.tidemark.coordinator.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A registered machine ({@code vm show}). {@code state} is UP, DOWN or UNKNOWN; the log cannot know it, so it is UNKNOWN
 * until whoever has looked at the machine says otherwise. {@code pending} is the newest operation under way; {@code runState}
 * is QEMU's word, {@code running} or {@code io-error} for example, and {@code peer} the user of the host whose process it is, as the
 * kernel told the gateway; null if QEMU was not seen.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record MachineView(
        String id,
        String name,
        String host,
        String state,
        @Nullable String detail,
        @Nullable String runState,
        @Nullable String peer,
        String qmp,
        @Nullable String qga,
        Qemu qemu,
        List<Disk> disks,
        @Nullable String pending,
        Map<String, String> labels) {
    /** What was seen of QEMU; without a version until it was seen once. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Qemu(@Nullable String version) {}

    /** A writable disk as it was seen last; {@code virtualSize} in bytes. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Disk(
            String name, String node, String format, long virtualSize, String file, boolean persistentBitmaps) {
        /** For lists that show no more of it ({@link MachinePart#DISK_NAMES}). */
        static Disk named(String name) {
            return new Disk(name, "", "", 0, "", false);
        }
    }

    public MachineView {
        disks = List.copyOf(disks);
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** The same machine with what the last look gave. */
    public MachineView seen(
            String stateSeen, @Nullable String detailSeen, @Nullable String runStateSeen, @Nullable String peerSeen) {
        return new MachineView(
                id, name, host, stateSeen, detailSeen, runStateSeen, peerSeen, qmp, qga, qemu, disks, pending, labels);
    }
}
