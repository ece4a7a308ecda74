package dev.tidemark.schema.event;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What QEMU says of itself, and what Linux says of the process at the other end of the socket, where it can be had.
 *
 * @param instance what tells this run of QEMU from every other, over restarts of the host as well; a gateway that saw one
 *     of its images written behind its back gives it a new one. absent in older logs
 */
public record QemuFacts(
        String version, OptionalLong processId, OptionalLong processStartedAtTicks, Optional<String> instance) {

    /** Without an instance: then the process's number and start tell it from others, if they are known. */
    public QemuFacts(String version, OptionalLong processId, OptionalLong processStartedAtTicks) {
        this(version, processId, processStartedAtTicks, Optional.empty());
    }

    /** The same, told as this instance. */
    public QemuFacts as(String newInstance) {
        return new QemuFacts(version, processId, processStartedAtTicks, Optional.of(newInstance));
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
