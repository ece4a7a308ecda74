package dev.tidemark.gateway.qmp;

import java.nio.file.Path;

/**
 * The files, devices and servers of which a QEMU may be told. QEMU often runs with other rights than the gateway, so a path in a
 * command is a way to them: what is not named here is not sent. Paths come absolute and without {@code ..}.
 */
public interface ReachablePlaces {
    /** None: for sessions that only ask. */
    ReachablePlaces NONE = new ReachablePlaces() {
        @Override
        public boolean isImage(Path file) {
            return false;
        }

        @Override
        public boolean isDevice(Path device) {
            return false;
        }

        @Override
        public boolean isNbdSocket(Path socket) {
            return false;
        }

        @Override
        public boolean isNbdServer(String host, String port, String export) {
            return false;
        }

        @Override
        public boolean isKey(Path file) {
            return false;
        }

        @Override
        public boolean isCredentials(Path directory) {
            return false;
        }

        @Override
        public boolean isServedAt(Path socket) {
            return false;
        }

        @Override
        public boolean isServedAt(String host, int port) {
            return false;
        }
    };

    /** Whether it may be opened as an image: it lies in a repository. */
    boolean isImage(Path file);

    /** Whether it may be written as a device. */
    boolean isDevice(Path device);

    /** Whether it may be written as an NBD server. */
    boolean isNbdSocket(Path socket);

    /** The same over TCP. */
    boolean isNbdServer(String host, String port, String export);

    /** Whether QEMU may read it as a key of an image. */
    boolean isKey(Path file);

    /** Whether QEMU may read the keys of its NBD server there. */
    boolean isCredentials(Path directory);

    /** Whether QEMU may serve there what clients pull. */
    boolean isServedAt(Path socket);

    /** The same over TCP. */
    boolean isServedAt(String host, int port);
}
