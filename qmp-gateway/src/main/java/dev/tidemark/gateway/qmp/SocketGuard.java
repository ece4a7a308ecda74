package dev.tidemark.gateway.qmp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;

/**
 * Who else can get at a socket. A monitor that everybody may connect to gives the guest to everybody; in a directory in which others may
 * exchange what is there, somebody can take its place. Neither makes us believe a lie, because {@link PeerUsers} is asked of each
 * connection; so it is told, and not refused.
 */
public final class SocketGuard {
    private static final int WRITABLE_BY_EVERYBODY = 02;
    private static final int STICKY = 01000;

    private SocketGuard() {}

    /** What is open to others, in words; empty if nothing is, or if the socket is not there. */
    public static List<String> openings(Path socket) {
        List<String> openings = new ArrayList<>();
        try {
            Path real = socket.toRealPath();
            if ((mode(real) & WRITABLE_BY_EVERYBODY) != 0) {
                openings.add("everybody on this host can connect to " + real + " (chmod o-w)");
            }
            Path directory = real.getParent();
            if (directory != null) {
                UserPrincipal owner = Files.getOwner(directory);
                int mode = mode(directory);
                if ((mode & WRITABLE_BY_EVERYBODY) != 0 && (mode & STICKY) == 0) {
                    openings.add("everybody on this host can put another socket into " + directory + " (chmod o-w)");
                } else if (!PeerUsers.usual().allowed().contains(owner) && !owner.equals(Files.getOwner(real))) {
                    openings.add("user " + owner.getName() + ", whose directory " + directory
                            + " is, can put another socket there");
                }
            }
        } catch (IOException gone) {
            // Then there is nothing to get at.
            return List.of();
        }
        return List.copyOf(openings);
    }

    private static int mode(Path path) throws IOException {
        return Files.getAttribute(path, "unix:mode") instanceof Integer mode ? mode : 0;
    }
}
