package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.qmp.PeerUsers;
import dev.tidemark.schema.event.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Set;

/**
 * Below which directories restores to files go, so that a coordinator cannot make its gateways write anywhere on their hosts. Nobody but
 * root and the gateway's user may be able to exchange a directory between a root and the place: what was looked at would not be what is
 * written to.
 */
public record RestoreRoots(List<Path> roots) {
    /** Wherever the gateway's user can write. */
    public static final RestoreRoots ANYWHERE = new RestoreRoots(List.of());

    /** S_ISVTX, inode(7): who may write to a directory may remove only what is his. */
    private static final int STICKY = 01000;

    private static final int WRITABLE_BY_OTHERS = 022;

    public RestoreRoots {
        roots = List.copyOf(roots);
    }

    /**
     * Refused unless it lies below one of them.
     *
     * @param directory what was asked for, without links
     */
    void require(Path asked, Path directory) throws RepositoryException, IOException {
        if (roots.isEmpty()) {
            return;
        }
        for (Path root : roots) {
            Path real = Files.exists(root) ? root.toRealPath() : root;
            if (directory.startsWith(real)) {
                requireSteady(asked, real, directory);
                return;
            }
        }
        throw refused(
                asked,
                "does not lie below a directory to which this host's gateway was told to restore (--restore-root)");
    }

    private static void requireSteady(Path asked, Path root, Path directory) throws RepositoryException, IOException {
        Set<UserPrincipal> trusted = PeerUsers.usual().allowed();
        Path at = root;
        for (Path name : root.relativize(directory)) {
            if (name.toString().isEmpty() || !Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
                break;
            }
            PosixFileAttributes attributes =
                    Files.readAttributes(at, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            int mode = (Integer) Files.getAttribute(at, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if (!trusted.contains(attributes.owner()) || ((mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0)) {
                throw refused(asked, "lies in " + at + ", in which others can exchange what is there");
            }
            at = at.resolve(name);
        }
    }

    private static RepositoryException refused(Path asked, String why) {
        return new RepositoryException(FailureCode.TARGET_REFUSED, asked + " " + why);
    }
}
