package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.TargetAddress;
import dev.tidemark.schema.id.TargetPrefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Where this host's gateway may write that is no file: nowhere, unless it was told at its start. What is asked for and what that leads
 * to must both be allowed, so that no link in an allowed directory leads out of it. One instance serves all machines of the host: each
 * place is written by one of them at a time.
 */
public final class AllowedTargets {
    private static final String OPTION = "--allow-target";
    private static final int KIND_MASK = 0170000;
    private static final int BLOCK_DEVICE = 0060000;

    private final List<TargetPrefix> prefixes;
    private final Map<String, String> claimed = new ConcurrentHashMap<>();

    /** These and no others. */
    public AllowedTargets(List<TargetPrefix> prefixes) {
        this.prefixes = List.copyOf(prefixes);
    }

    /** None at all. */
    public static AllowedTargets none() {
        return new AllowedTargets(List.of());
    }

    /** What an address leads to now; refused unless that is allowed. */
    public Target resolved(TargetAddress address) throws RepositoryException {
        if (address.device().isPresent()) {
            Path real = real(address, address.device().get(), TargetPrefix::coversDevice);
            if (!isBlockDevice(real)) {
                throw refused(address + " is no block device; a restore to files takes --to");
            }
            return Target.device(address, real);
        }
        if (address.socket().isPresent()) {
            return Target.socket(address, real(address, address.socket().get(), TargetPrefix::coversSocket));
        }
        String server = address.server().orElseThrow();
        if (!isAllowed(prefix -> prefix.coversServer(server, address.export()))) {
            throw notNamed(address, "nbd://" + server);
        }
        return Target.server(address, server);
    }

    private interface Cover {
        boolean covers(TargetPrefix prefix, String path);
    }

    private Path real(TargetAddress address, String path, Cover cover) throws RepositoryException {
        if (!isAllowed(prefix -> cover.covers(prefix, path))) {
            throw notNamed(address, path);
        }
        Path real;
        try {
            real = Path.of(path).toRealPath();
        } catch (IOException gone) {
            throw new RepositoryException(
                    FailureCode.TARGET_UNAVAILABLE, null, address + ": " + FileFault.describe(gone), gone);
        }
        if (!isAllowed(prefix -> cover.covers(prefix, real.toString()))) {
            throw notNamed(address, path + ", which leads to " + real);
        }
        return real;
    }

    private boolean isAllowed(Predicate<TargetPrefix> covers) {
        return prefixes.stream().anyMatch(covers);
    }

    private static RepositoryException notNamed(TargetAddress address, String what) {
        return refused("this host's gateway was not told by " + OPTION + " that it may write to " + what + " ("
                + address + ")");
    }

    private static RepositoryException refused(String detail) {
        return new RepositoryException(FailureCode.TARGET_REFUSED, detail);
    }

    private static boolean isBlockDevice(Path path) {
        try {
            return Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) instanceof Integer mode
                    && (mode & KIND_MASK) == BLOCK_DEVICE;
        } catch (IOException gone) {
            return false;
        }
    }

    /** Until its owner releases it nobody else on this host writes there by us. Can be said again. */
    void claim(Target target, String owner) throws RepositoryException {
        String before = claimed.putIfAbsent(target.identity(), owner);
        if (before != null && !before.equals(owner)) {
            throw new RepositoryException(
                    FailureCode.TARGET_IN_USE, target.address() + " is being written by another operation");
        }
    }

    void release(String owner) {
        claimed.values().removeIf(owner::equals);
    }
}
