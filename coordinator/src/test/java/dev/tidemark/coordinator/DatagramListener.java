package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** Hears datagrams on a unix socket: the other end, written apart from the one under test. */
@SuppressWarnings("restricted")
final class DatagramListener implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final int DATAGRAM = 2;
    private static final int BYTES_MAX = 4096;

    private final Arena arena = Arena.ofConfined();
    private final int descriptor;

    DatagramListener(String name) throws Throwable {
        descriptor = (int) call("socket", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)
                .invoke(1, DATAGRAM, 0);
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        MemorySegment address = arena.allocate(2L + path.length);
        address.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) 1);
        MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, 2, path.length);
        if (path[0] == '@') {
            address.set(ValueLayout.JAVA_BYTE, 2, (byte) 0);
        }
        int bound = (int) call("bind", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT)
                .invoke(descriptor, address, (int) address.byteSize());
        assertThat(bound).isZero();
    }

    String hears() throws Throwable {
        MemorySegment buffer = arena.allocate(BYTES_MAX);
        int bytes = (int)
                call("recv", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT)
                        .invoke(descriptor, buffer, (long) BYTES_MAX, 0);
        return new String(buffer.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            int closed = (int) call("close", ValueLayout.JAVA_INT).invoke(descriptor);
            assertThat(closed).isZero();
        } catch (Throwable broken) {
            throw new AssertionError(broken);
        } finally {
            arena.close();
        }
    }

    private static MethodHandle call(String name, java.lang.foreign.MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().find(name).orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }
}
