package dev.tidemark.coordinator;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how far the service is (sd_notify(3)): one datagram each to the unix socket that {@code NOTIFY_SOCKET} names, which Java
 * has no sockets for. Without that variable nobody waits to be told. A notice that fails is logged, and costs the service nothing else:
 * systemd then gives up waiting.
 */
final class ServiceNotice {
    private static final String VARIABLE = "NOTIFY_SOCKET";
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x8_0000;

    /** sockaddr_un: two bytes of family, 108 of path (unix(7)). */
    private static final int FAMILY_BYTES = 2;

    private static final int PATH_BYTES_MAX = 107;

    private final String socket;

    private ServiceNotice(String socket) {
        this.socket = socket;
    }

    /** To whoever started this process. */
    static ServiceNotice of(Map<String, String> environment) {
        return new ServiceNotice(environment.getOrDefault(VARIABLE, ""));
    }

    /** What was asked for can be had now. */
    void ready(String status) {
        tell("READY=1\nSTATUS=" + status.replace('\n', ' '));
    }

    /** The end has begun; what comes now is no failure. */
    void stopping() {
        tell("STOPPING=1");
    }

    private void tell(String state) {
        if (socket.isEmpty()) {
            return;
        }
        try {
            send(state.getBytes(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            // Not a constant: this class is there before it is decided where the log goes.
            LoggerFactory.getLogger(ServiceNotice.class)
                    .warn("{} could not be told '{}': {}", socket, state, failure.getMessage());
        }
    }

    @SuppressWarnings(
            "restricted") // There are no datagrams to unix sockets without native access; the launcher allows it.
    private void send(byte[] message) throws IOException {
        Linker linker = Linker.nativeLinker();
        MethodHandle open = function(
                linker,
                "socket",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        MethodHandle close =
                function(linker, "close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        MethodHandle sendTo = function(
                linker,
                "sendto",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena);
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, message);
            int descriptor = (int) open.invokeExact(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            if (descriptor < 0) {
                throw new IOException("no socket can be made");
            }
            long sent = (long)
                    sendTo.invokeExact(descriptor, bytes, (long) message.length, 0, address, (int) address.byteSize());
            int closed = (int) close.invokeExact(descriptor);
            if (sent != message.length || closed != 0) {
                throw new IOException("nobody took it");
            }
        } catch (IOException failure) {
            throw failure;
        } catch (Throwable broken) {
            throw new IOException("libc cannot be called", broken);
        }
    }

    /** An abstract one begins with NUL, which systemd writes as {@code @}; its length says where it ends. */
    private MemorySegment address(Arena arena) throws IOException {
        byte[] path = socket.getBytes(StandardCharsets.UTF_8);
        if (path.length > PATH_BYTES_MAX) {
            throw new IOException("its name is longer than a socket's may be");
        }
        boolean isAbstract = path[0] == '@';
        if (isAbstract) {
            path[0] = 0;
        }
        MemorySegment address = arena.allocate(FAMILY_BYTES + path.length + (isAbstract ? 0L : 1L), FAMILY_BYTES);
        address.set(ValueLayout.JAVA_SHORT.withOrder(ByteOrder.nativeOrder()), 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, FAMILY_BYTES, path.length);
        return address;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(Linker linker, String name, FunctionDescriptor form) throws IOException {
        return linker.defaultLookup()
                .find(name)
                .map(symbol -> linker.downcallHandle(symbol, form))
                .orElseThrow(() -> new IOException("libc has no " + name));
    }
}
