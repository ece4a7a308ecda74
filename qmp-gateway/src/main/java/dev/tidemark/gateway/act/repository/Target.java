package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.TargetAddress;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A place that is allowed, as QEMU opens it: with the driver spelled out and no link left in a path.
 *
 * @param options of QEMU's node that reaches it
 * @param identity the same for two addresses that lead to one place, as far as that can be seen
 * @param around the identities of other places that have bytes in common with it: partitions, and what they are partitions of
 */
public record Target(
        TargetAddress address, ObjectNode options, String identity, List<String> around, Optional<Path> device) {
    static Target device(TargetAddress address, Path real) {
        ObjectNode options = Json.MAPPER.createObjectNode();
        options.put("driver", "host_device").put("filename", real.toString());
        // What is read back is to come from the medium.
        options.putObject("cache").put("direct", true);
        List<String> family =
                BlockDevice.family(real).stream().map(Target::identity).toList();
        return new Target(address, options, family.getFirst(), family.subList(1, family.size()), Optional.of(real));
    }

    private static String identity(String number) {
        return "device " + number;
    }

    static Target socket(TargetAddress address, Path real) {
        ObjectNode options = nbd(address);
        options.putObject("server").put("type", "unix").put("path", real.toString());
        return new Target(address, options, real + " " + address.export(), List.of(), Optional.empty());
    }

    static Target server(TargetAddress address, String server) {
        int colon = server.lastIndexOf(':');
        String host = server.substring(0, colon);
        ObjectNode options = nbd(address);
        options.putObject("server")
                .put("type", "inet")
                .put("host", host.startsWith("[") ? host.substring(1, host.length() - 1) : host)
                .put("port", server.substring(colon + 1));
        return new Target(address, options, address.value(), List.of(), Optional.empty());
    }

    /** Whether what is written to the one is written to the other. */
    boolean overlaps(Target other) {
        return overlaps(other.identity) || other.around.contains(identity);
    }

    boolean overlaps(String otherIdentity) {
        return identity.equals(otherIdentity) || around.contains(otherIdentity);
    }

    private static ObjectNode nbd(TargetAddress address) {
        return Json.MAPPER.createObjectNode().put("driver", "nbd").put("export", address.export());
    }

    /** As an NBD client takes it; of no device. */
    String uri() {
        JsonNode server = options.path("server");
        return server.path("type").asString("").equals("unix")
                ? "nbd+unix:///" + address.export() + "?socket="
                        + server.path("path").asString("")
                : address.value();
    }

    /** All of it. */
    String whole() {
        ObjectNode raw = Json.MAPPER.createObjectNode().put("driver", "raw");
        raw.set("file", options);
        return "json:" + raw;
    }

    /** As much from its beginning as a disk has: what is behind that is nobody's. */
    String begun(long size) {
        ObjectNode raw = Json.MAPPER.createObjectNode().put("driver", "raw").put("size", size);
        raw.set("file", options);
        return "json:" + raw;
    }

    /** The device, if it is one, so that it stays this one and nobody mounts it until it is closed. */
    Optional<Descriptor> hold() throws RepositoryException {
        if (device.isEmpty()) {
            return Optional.empty();
        }
        try {
            Optional<Descriptor> held = Descriptor.ofDevice(device.get());
            if (held.isEmpty()) {
                throw failed(
                        FailureCode.TARGET_IN_USE,
                        "the kernel has given it to somebody for himself: a mount, maybe in another namespace, or a"
                                + " device that stands on it");
            }
            if (!identity(BlockDevice.number(held.get().path())).equals(identity)) {
                held.get().close();
                throw failed(FailureCode.TARGET_REFUSED, "it leads to another device than when it was looked at");
            }
            return held;
        } catch (IOException fault) {
            throw new RepositoryException(
                    FailureCode.TARGET_UNAVAILABLE, null, address + ": " + FileFault.describe(fault), fault);
        }
    }

    /** Reached by what is held, whatever becomes of its name. */
    Target through(Descriptor held) {
        ObjectNode reached = options.deepCopy().put("filename", held.path().toString());
        return new Target(address, reached, identity, around, Optional.of(held.path()));
    }

    /** Before anything is written. */
    void requireFit(QemuImage images, long size) throws RepositoryException, InterruptedException {
        Optional<String> user = device.flatMap(BlockDevice::user);
        if (user.isPresent()) {
            throw failed(FailureCode.TARGET_IN_USE, user.get());
        }
        // What is not seen from here, in another mount namespace, the kernel knows all the same.
        hold().ifPresent(Descriptor::close);
        long length = length(images);
        if (length < size) {
            throw failed(FailureCode.TARGET_TOO_SMALL, "it has " + length + " bytes, and the disk has " + size);
        }
        Optional<String> unwritable = images.unwritable(begun(size));
        if (unwritable.isPresent()) {
            boolean reserved = device.map(path -> !BlockDevice.isReadOnly(path)).orElse(false);
            throw failed(reserved ? FailureCode.TARGET_IN_USE : FailureCode.TARGET_READ_ONLY, unwritable.get());
        }
    }

    /**
     * qemu-img flushes what it closes, and does not say whether that failed; and whoever opens it again has nothing to flush. So an NBD
     * server has to make each write durable before it answers.
     */
    boolean isWrittenThrough() {
        return device.isEmpty();
    }

    /** What was written is durable, or this fails. */
    void flush() throws RepositoryException {
        if (device.isEmpty()) {
            return;
        }
        try (FileChannel channel = FileChannel.open(device.get(), StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException fault) {
            throw new RepositoryException(
                    FailureCode.TARGET_FAILED, null, "cannot be flushed: " + FileFault.describe(fault), fault);
        }
    }

    long length(QemuImage images) throws RepositoryException, InterruptedException {
        try {
            return images.virtualSize(whole());
        } catch (RepositoryException unreachable) {
            throw new RepositoryException(
                    FailureCode.TARGET_UNAVAILABLE, null, address + ": " + unreachable.detail(), unreachable);
        }
    }

    /** What went wrong with it: that it is gone, if it is. */
    RepositoryException failure(QemuImage images, RepositoryException reason) throws InterruptedException {
        try {
            length(images);
            return failed(FailureCode.TARGET_FAILED, reason.detail());
        } catch (RepositoryException gone) {
            return gone;
        }
    }

    RepositoryException failed(FailureCode code, String detail) {
        String spoken = device.map(path -> detail.replace(path.toString(), address.value()))
                .orElse(detail);
        return new RepositoryException(code, address + ": " + spoken);
    }
}
