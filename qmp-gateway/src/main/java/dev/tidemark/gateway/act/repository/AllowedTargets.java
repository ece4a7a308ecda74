package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.TargetAddress;
import dev.tidemark.schema.id.TargetPrefix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Where this host's gateway may write that is no file: nowhere, unless it was told at its start. What is asked for and what that leads
 * to must both be allowed, so that no link in an allowed directory leads out of it. One instance serves all machines of the host: each
 * place is written by one of them at a time.
 */
public final class AllowedTargets {
    private static final String OPTION = "--allow-target";

    private final List<TargetPrefix> prefixes;
    private final List<Claim> claims = new ArrayList<>();

    /** What one disk of one operation, or of one backup, is written to. */
    private record Claim(String owner, DiskName disk, Target place) {}

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
        return resolved(address, false);
    }

    /** The same, also where it may not be written (any more): what lies there lies there. */
    Target located(TargetAddress address) throws RepositoryException {
        return resolved(address, true);
    }

    private Target resolved(TargetAddress address, boolean anywhere) throws RepositoryException {
        if (address.device().isPresent()) {
            Path real = real(
                    address,
                    address.device().get(),
                    path -> anywhere || isAllowed(prefix -> prefix.coversDevice(path)));
            if (!BlockDevice.is(real)) {
                throw refused(address + " is no block device; a restore to files takes --to");
            }
            return Target.device(address, real);
        }
        if (address.socket().isPresent()) {
            Path real = real(
                    address,
                    address.socket().get(),
                    path -> anywhere || isAllowed(prefix -> prefix.coversSocket(path)));
            return Target.socket(address, real);
        }
        String server = address.server().orElseThrow();
        if (!anywhere && !isAllowed(prefix -> prefix.coversServer(server, address.export()))) {
            throw notNamed(address, "nbd://" + server);
        }
        return Target.server(address, server);
    }

    private static Path real(TargetAddress address, String path, Predicate<String> permitted)
            throws RepositoryException {
        if (!permitted.test(path)) {
            throw notNamed(address, path);
        }
        Path real;
        try {
            real = Path.of(path).toRealPath();
        } catch (IOException gone) {
            throw new RepositoryException(
                    FailureCode.TARGET_UNAVAILABLE, null, address + ": " + FileFault.describe(gone), gone);
        }
        if (!permitted.test(real.toString())) {
            throw notNamed(address, path + ", which leads to " + real);
        }
        return real;
    }

    /** Whether it may write to a device, by a path without links. */
    public boolean allowDevice(Path real) {
        return isAllowed(prefix -> prefix.coversDevice(real.toString()));
    }

    /** Whether it may write to the NBD server on a socket, by a path without links. */
    public boolean allowSocket(Path real) {
        return isAllowed(prefix -> prefix.coversSocket(real.toString()));
    }

    /** Whether it may write to an export of an NBD server, {@code HOST:PORT}. */
    public boolean allowServer(String server, String export) {
        return isAllowed(prefix -> prefix.coversServer(server, export));
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

    /** Until its owner releases it nobody else on this host writes there by us, and no other disk of its owner. Can be said again. */
    void claim(Target target, String owner, DiskName disk) throws RepositoryException {
        synchronized (claims) {
            for (Claim claim : claims) {
                boolean ours = claim.owner().equals(owner);
                if ((ours && claim.disk().equals(disk)) || !claim.place().overlaps(target)) {
                    continue;
                }
                throw new RepositoryException(
                        FailureCode.TARGET_IN_USE,
                        disk,
                        target.address()
                                + (ours
                                        ? " is where disk " + claim.disk() + " of the same operation goes, as "
                                                + claim.place().address()
                                        : " is being written by another operation"),
                        null);
            }
            claims.removeIf(claim -> claim.owner().equals(owner)
                    && claim.disk().equals(disk)
                    && claim.place().identity().equals(target.identity()));
            claims.add(new Claim(owner, disk, target));
        }
    }

    void release(String owner) {
        synchronized (claims) {
            claims.removeIf(claim -> claim.owner().equals(owner));
        }
    }
}
