package dev.tidemark.schema.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemark.schema.event.Prose;
import dev.tidemark.schema.event.QemuFacts;
import java.util.List;
import java.util.Optional;

/** What a look at QEMU gave. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Sight.Observed.class, name = "OBSERVED"),
    @JsonSubTypes.Type(value = Sight.Unreachable.class, name = "UNREACHABLE"),
    @JsonSubTypes.Type(value = Sight.NotTaken.class, name = "NOT_TAKEN")
})
public sealed interface Sight {
    /**
     * The whole machine. {@code nodes} and {@code exports} are those with our prefix; {@code partialBackups} are the
     * {@code .partial} directories of this machine in the known repositories; {@code unaddressableDisks} are writable
     * disks without a usable device id; {@code runState} is QEMU's word, or {@code running} for a storage daemon; {@code
     * guestFrozen} is what the guest agent said last of its file systems, if there is one and it answers; {@code secrets} are the
     * objects with our prefix in which QEMU holds a key, absent if there are none; {@code peer} is the user whose process the kernel says
     * that it is.
     */
    record Observed(
            QemuFacts qemu,
            String runState,
            List<ObservedDisk> disks,
            List<ObservedJob> jobs,
            List<String> nodes,
            List<String> exports,
            List<String> partialBackups,
            List<String> unaddressableDisks,
            Optional<Boolean> guestFrozen,
            Optional<List<String>> secrets,
            Optional<String> peer)
            implements Sight {
        public Observed {
            disks = List.copyOf(disks);
            jobs = List.copyOf(jobs);
            nodes = List.copyOf(nodes);
            exports = List.copyOf(exports);
            partialBackups = List.copyOf(partialBackups);
            unaddressableDisks = List.copyOf(unaddressableDisks);
            secrets = secrets.filter(names -> !names.isEmpty()).map(List::copyOf);
        }

        /** Of a machine whose guest says nothing, that holds no keys, and of which nobody asked whose it is. */
        public Observed(
                QemuFacts qemu,
                String runState,
                List<ObservedDisk> disks,
                List<ObservedJob> jobs,
                List<String> nodes,
                List<String> exports,
                List<String> partialBackups,
                List<String> unaddressableDisks) {
            this(
                    qemu,
                    runState,
                    disks,
                    jobs,
                    nodes,
                    exports,
                    partialBackups,
                    unaddressableDisks,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        /** The same, with the objects in which QEMU holds a key. */
        public Observed withSecrets(List<String> names) {
            return new Observed(
                    qemu,
                    runState,
                    disks,
                    jobs,
                    nodes,
                    exports,
                    partialBackups,
                    unaddressableDisks,
                    guestFrozen,
                    Optional.of(names),
                    peer);
        }

        /** The same, with whose process it is. */
        public Observed of(String user) {
            return new Observed(
                    qemu,
                    runState,
                    disks,
                    jobs,
                    nodes,
                    exports,
                    partialBackups,
                    unaddressableDisks,
                    guestFrozen,
                    secrets,
                    Optional.of(user));
        }

        /** The names of those objects. */
        public List<String> secretNames() {
            return secrets.orElseGet(List::of);
        }

        /** The same, with what the guest said. */
        public Observed withGuestFrozen(Optional<Boolean> frozen) {
            return new Observed(
                    qemu,
                    runState,
                    disks,
                    jobs,
                    nodes,
                    exports,
                    partialBackups,
                    unaddressableDisks,
                    frozen,
                    secrets,
                    peer);
        }
    }

    /**
     * QEMU could not be looked at for so many milliseconds. {@code processGone} is true only if nothing listens on the
     * socket; a monitor that is hung or held by another client says nothing about QEMU, and nothing is concluded.
     */
    record Unreachable(String detail, boolean processGone, long forMilliseconds) implements Sight {
        public Unreachable {
            detail = Prose.of(detail);
        }
    }

    /** Nobody looked: the report is about the repository alone. */
    record NotTaken() implements Sight {}
}
