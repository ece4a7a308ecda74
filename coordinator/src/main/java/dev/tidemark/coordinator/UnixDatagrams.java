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

/** Datagrams to a unix socket, which Java has no sockets for. Each is taken at once or not at all: whoever listens may hang. */
final class UnixDatagrams {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x8_0000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;

    /** sockaddr_un: two bytes of family, 108 of path (unix(7)). */
    private static final int FAMILY_BYTES = 2;

    private static final int PATH_BYTES_MAX = 107;

    private final String socket;

    /** @param socket its path; an abstract one begins with {@code @} */
    UnixDatagrams(String socket) {
        this.socket = socket;
    }

    @SuppressWarnings(
            "restricted") // There are no datagrams to unix sockets without native access; the launcher allows it.
    void send(byte[] message) throws IOException {
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
            long sent = (long) sendTo.invokeExact(
                    descriptor, bytes, (long) message.length, MSG_DONTWAIT | MSG_NOSIGNAL, address, (int)
                            address.byteSize());
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

    /** An abstract one begins with NUL, which is written as {@code @}; its length says where it ends. */
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
