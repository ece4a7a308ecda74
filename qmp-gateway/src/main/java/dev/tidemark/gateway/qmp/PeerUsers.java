package dev.tidemark.gateway.qmp;

import dev.tidemark.gateway.qmp.QmpUnavailable.Reason;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;

/**
 * Whose process may be at the other end of a socket: root's, our own user's, and those that were named. A socket's path proves nothing:
 * whoever can write to its directory can put one of his own there, and would then be believed about bitmaps. The kernel tells who
 * made it listen, as it was then; a QEMU that gave up root afterwards is still told as root's.
 */
public record PeerUsers(Set<UserPrincipal> allowed) {
    private static final Path STATUS = Path.of("/proc/self/status");

    public PeerUsers {
        allowed = Set.copyOf(allowed);
    }

    /** Root, and whoever we are. */
    public static PeerUsers usual() {
        return new PeerUsers(ownAndRoot());
    }

    /**
     * These as well, by name or number.
     *
     * @throws IOException if the host knows no such user
     */
    public static PeerUsers with(List<String> names) throws IOException {
        Set<UserPrincipal> users = new LinkedHashSet<>(ownAndRoot());
        for (String name : names) {
            users.add(user(name));
        }
        return new PeerUsers(users);
    }

    private static Set<UserPrincipal> ownAndRoot() {
        try {
            // Java knows no number of its own user, and a name may have several.
            String own = Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("Uid:"))
                    .map(line -> line.split("\\s+", -1)[2])
                    .findFirst()
                    .orElseThrow(() -> new IOException(STATUS + " names no user"));
            return Set.copyOf(List.of(user("0"), user(own)).stream().distinct().toList());
        } catch (IOException unreadable) {
            throw new IllegalStateException("this process does not know whose it is", unreadable);
        }
    }

    private static UserPrincipal user(String nameOrNumber) throws IOException {
        try {
            return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(nameOrNumber);
        } catch (UserPrincipalNotFoundException unknown) {
            throw new IOException("this host knows no user '" + nameOrNumber + "'", unknown);
        }
    }

    /**
     * Who listens at the other end.
     *
     * @throws QmpUnavailable unless it is one of them
     */
    public UserPrincipal require(SocketChannel channel, Path socket) throws QmpUnavailable {
        UserPrincipal peer;
        try {
            peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        } catch (IOException | UnsupportedOperationException untold) {
            throw new QmpUnavailable(
                    Reason.INACCESSIBLE, "who listens on " + socket + " cannot be told: " + untold.getMessage());
        }
        if (!allowed.contains(peer)) {
            throw new QmpUnavailable(
                    Reason.FOREIGN_PEER,
                    "whoever listens on " + socket + " is user " + peer.getName()
                            + ", and neither root nor the gateway's"
                            + " own user: whoever can put a socket there could lie about every bitmap. If that is whose QEMU"
                            + " it is, start the gateway with --allow-peer-user " + peer.getName());
        }
        return peer;
    }
}
