package dev.tidemark.gateway.qmp;

import dev.tidemark.gateway.qmp.QmpUnavailable.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Where a socket is, checked to be one.
 *
 * @param given as the caller named it, absolute
 * @param real with every symlink resolved: what ownership is about, and what is connected to
 */
record SocketLocation(Path given, Path real) {

    /** sockaddr_un.sun_path holds 108 bytes, of which the last is NUL (unix(7)). */
    private static final int PATH_BYTES_MAX = 107;

    private static final int FILE_TYPE_MASK = 0170000;
    private static final int FILE_TYPE_SOCKET = 0140000;

    static SocketLocation resolve(Path socket) throws QmpUnavailable {
        Path given = socket.toAbsolutePath();
        try {
            Path real = given.toRealPath();
            int mode = (Integer) Files.getAttribute(real, "unix:mode");
            if ((mode & FILE_TYPE_MASK) != FILE_TYPE_SOCKET) {
                throw new QmpUnavailable(Reason.NOT_A_SOCKET, given + " is not a socket" + target(given, real));
            }
            return new SocketLocation(given, real);
        } catch (NoSuchFileException missing) {
            throw new QmpUnavailable(Reason.NO_SOCKET, given + " does not exist, or is a symlink to nothing");
        } catch (AccessDeniedException denied) {
            throw new QmpUnavailable(Reason.INACCESSIBLE, "access to " + given + " is denied");
        } catch (IOException failure) {
            throw new QmpUnavailable(Reason.INACCESSIBLE, given + " cannot be resolved: " + failure.getMessage());
        }
    }

    /**
     * The real path, so that a symlink swapped meanwhile leads nowhere else; the given one only if the real one is longer
     * than the kernel takes.
     */
    Path connectable() throws QmpUnavailable {
        if (bytes(real) <= PATH_BYTES_MAX) {
            return real;
        }
        if (bytes(given) <= PATH_BYTES_MAX) {
            return given;
        }
        throw new QmpUnavailable(
                Reason.INACCESSIBLE,
                real + " is longer than the " + PATH_BYTES_MAX + " bytes that a socket's path may have");
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private static String target(Path given, Path real) {
        return given.equals(real) ? "" : " (it leads to " + real + ")";
    }
}
