package dev.tidemark.coordinator.cli;

import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.InvalidIdentity;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetAddress;
import dev.tidemark.schema.id.TargetPrefix;
import dev.tidemark.schema.id.TokenName;
import dev.tidemark.schema.id.WebhookName;
import dev.tidemark.schema.json.Json;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Turns words of the command line into values that are valid by construction, before anything is sent. */
final class Arguments {
    private Arguments() {}

    static void register(CommandLine commandLine) {
        commandLine.registerConverter(MachineName.class, named(MachineName::new));
        commandLine.registerConverter(CheckpointName.class, named(CheckpointName::new));
        commandLine.registerConverter(DiskName.class, named(DiskName::new));
        commandLine.registerConverter(HostName.class, named(HostName::new));
        commandLine.registerConverter(RepositoryName.class, named(RepositoryName::new));
        commandLine.registerConverter(TargetAddress.class, named(TargetAddress::new));
        commandLine.registerConverter(TargetPrefix.class, named(TargetPrefix::new));
        commandLine.registerConverter(BackupReference.class, BackupReference::parse);
        commandLine.registerConverter(ByteRate.class, ByteRate::parse);
        commandLine.registerConverter(ByteSize.class, ByteSize::parse);
        commandLine.registerConverter(LeaseTime.class, LeaseTime::parse);
        commandLine.registerConverter(SpeedLimit.class, SpeedLimit::parse);
        commandLine.registerConverter(PointInTime.class, PointInTime::parse);
        commandLine.registerConverter(TokenName.class, named(TokenName::new));
        commandLine.registerConverter(WebhookName.class, named(WebhookName::new));
        commandLine.registerConverter(OperationId.class, named(OperationId::new));
        commandLine.registerConverter(RepositoryKey.class, RepositoryKey::parse);
        commandLine.registerConverter(Path.class, Arguments::path);
        commandLine.registerConverter(RestorePlace.class, RestorePlace::parse);
    }

    private static <T> ITypeConverter<T> named(ITypeConverter<T> constructor) {
        return text -> {
            try {
                return constructor.convert(text);
            } catch (InvalidIdentity invalid) {
                throw rejected(String.valueOf(invalid.getMessage()), invalid);
            }
        };
    }

    static Path path(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException("a path cannot be empty");
        }
        try {
            return absolute(text);
        } catch (InvalidPathException invalid) {
            throw rejected("not a path: " + invalid.getReason(), invalid);
        }
    }

    /** The coordinator works in another directory: paths are sent from the root. */
    static Path absolute(String text) {
        return Path.of(text).toAbsolutePath().normalize();
    }

    static TypeConversionException rejected(String message, Exception cause) {
        TypeConversionException rejection = new TypeConversionException(message);
        rejection.initCause(cause);
        return rejection;
    }

    /** An empty request body, or the beginning of one. */
    static ObjectNode body() {
        return Json.MAPPER.createObjectNode();
    }

    /** Adds where disks go, if that was said. */
    static void putTargets(ObjectNode body, Map<DiskName, TargetAddress> targets) {
        if (!targets.isEmpty()) {
            ArrayNode places = body.putArray("targets");
            targets.forEach((disk, address) ->
                    places.addObject().put("disk", disk.value()).put("address", address.value()));
        }
    }

    /** Adds the disks if some were named; none means all of them. */
    static void putDisks(ObjectNode body, @Nullable List<DiskName> disks) {
        if (disks != null && !disks.isEmpty()) {
            ArrayNode names = body.putArray("disks");
            disks.forEach(disk -> names.add(disk.value()));
        }
    }
}
