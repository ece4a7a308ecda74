package dev.tidemark.gateway.qmp;

import java.nio.file.Path;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Where QEMU's NBD server listens. */
public sealed interface NbdListening {
    /** As a {@code SocketAddressLegacy}. */
    ObjectNode address();

    /** On a unix socket. */
    record Unix(Path socket) implements NbdListening {
        public Unix {
            WireText.require(socket.toString(), "socket");
        }

        @Override
        public ObjectNode address() {
            ObjectNode address = JsonNodeFactory.instance.objectNode().put("type", "unix");
            address.putObject("data").put("path", socket.toString());
            return address;
        }

        @Override
        public String toString() {
            return socket.toString();
        }
    }

    /** On a TCP port: never 0, because nobody could ask QEMU which one it took. */
    record Tcp(String host, int port) implements NbdListening {
        public Tcp {
            WireText.require(host, "host");
            if (port < 1) {
                throw new IllegalArgumentException("no port: " + port);
            }
        }

        @Override
        public ObjectNode address() {
            ObjectNode address = JsonNodeFactory.instance.objectNode().put("type", "inet");
            address.putObject("data").put("host", host).put("port", Integer.toString(port));
            return address;
        }

        @Override
        public String toString() {
            return host + " port " + port;
        }
    }
}
