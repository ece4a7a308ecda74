package dev.tidemark.schema.event;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What QEMU says of itself, and what Linux says of the process at the other end of the socket, where it can be had.
 *
 * @param instance what tells this run of QEMU from every other, over restarts of the host as well; a gateway that saw one
 *     of its images written behind its back gives it a new one. absent in older logs
 * @param machine came later: empty in older logs, and of a storage daemon
 */
public record QemuFacts(
        String version,
        OptionalLong processId,
        OptionalLong processStartedAtTicks,
        Optional<String> instance,
        Optional<MachineFacts> machine) {

    /** Of which no machine is known. */
    public QemuFacts(
            String version, OptionalLong processId, OptionalLong processStartedAtTicks, Optional<String> instance) {
        this(version, processId, processStartedAtTicks, instance, Optional.empty());
    }

    /** Without an instance: then the process's number and start tell it from others, if they are known. */
    public QemuFacts(String version, OptionalLong processId, OptionalLong processStartedAtTicks) {
        this(version, processId, processStartedAtTicks, Optional.empty());
    }

    /** The same, told as this instance. */
    public QemuFacts as(String newInstance) {
        return new QemuFacts(version, processId, processStartedAtTicks, Optional.of(newInstance), machine);
    }

    /** The same QEMU with this machine. */
    public QemuFacts of(MachineFacts seen) {
        return new QemuFacts(version, processId, processStartedAtTicks, instance, Optional.of(seen));
    }

    /** Whether both are certainly the same run of QEMU. False if either cannot be told. */
    public boolean isCertainlySameRunAs(QemuFacts other) {
        if (instance.isPresent() && other.instance.isPresent()) {
            return instance.equals(other.instance);
        }
        return processId.isPresent()
                && processStartedAtTicks.isPresent()
                && processId.equals(other.processId)
                && processStartedAtTicks.equals(other.processStartedAtTicks);
    }
}
