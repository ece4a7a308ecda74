package dev.tidemark.gateway.watch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * inotify(7) itself: what the kernel tells of a file comes in the order in which it happened and waits until it is read, so
 * that no write is missed because somebody looked too late. Java's own WatchService hides what counts here, which is that a
 * file was closed after it had been open for writing.
 *
 * <p>Not safe for use by several threads at once, except for {@link #await}.
 */
final class Inotify implements AutoCloseable {
    static final int MODIFY = 0x2;
    static final int CLOSE_WRITE = 0x8;
    static final int OPEN = 0x20;
    static final int UNMOUNT = 0x2000;
    static final int QUEUE_OVERFLOW = 0x4000;
    /** The watch is over: the file was removed, or its file system unmounted. */
    static final int IGNORED = 0x8000;

    private static final int MASK_ADD = 0x2000_0000;
    private static final int NONBLOCKING = 0x800;
    private static final int CLOSE_ON_EXEC = 0x8_0000;
    private static final short READABLE = 1;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int STATFS_BYTES = 512;
    private static final int EVENT_BYTES = 16;
    private static final int BUFFER_BYTES = 65_536;

    /** Something that happened to a watched file; what concerns all of them has no watch. */
    record Event(int watch, int mask) {}

    private final Functions functions;
    private final int descriptor;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);

    private Inotify(Functions functions, int descriptor) {
        this.functions = functions;
        this.descriptor = descriptor;
    }

    static Inotify open() throws IOException {
        Functions functions = new Functions();
        return new Inotify(functions, functions.init(NONBLOCKING | CLOSE_ON_EXEC));
    }

    /** Watches the file that the path leads to; the same file gives the same number. */
    int watch(String path, int mask) throws IOException {
        return functions.add(descriptor, path, mask | MASK_ADD);
    }

    void forget(int watch) {
        functions.remove(descriptor, watch);
    }

    /** Waits until there is something to read, or the time is over. */
    void await(int milliseconds) throws IOException {
        functions.poll(descriptor, milliseconds);
    }

    /** All that has happened up to now and was not read before. */
    List<Event> read() throws IOException {
        List<Event> events = new ArrayList<>();
        while (true) {
            int bytes = functions.read(descriptor, buffer, BUFFER_BYTES);
            if (bytes <= 0) {
                return events;
            }
            for (int offset = 0; offset < bytes; ) {
                events.add(new Event(
                        buffer.get(ValueLayout.JAVA_INT, offset), buffer.get(ValueLayout.JAVA_INT, offset + 4L)));
                offset += EVENT_BYTES + buffer.get(ValueLayout.JAVA_INT, offset + 12L);
            }
        }
    }

    /** The number by which the kernel knows the kind of file system a file is on (statfs(2)). */
    long fileSystem(String path) throws IOException {
        return functions.fileSystem(path);
    }

    @Override
    public void close() {
        functions.close(descriptor);
        arena.close();
    }

    /** The functions of libc that are called. */
    @SuppressWarnings("restricted") // There is no inotify without native access; the launcher allows it.
    private static final class Functions {
        private static final StructLayout STATE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

        private final Linker linker = Linker.nativeLinker();
        private final MethodHandle init = function("inotify_init1", ValueLayout.JAVA_INT);
        private final MethodHandle add =
                function("inotify_add_watch", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
        private final MethodHandle remove = function("inotify_rm_watch", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        private final MethodHandle close = function("close", ValueLayout.JAVA_INT);
        private final MethodHandle poll =
                function("poll", ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
        private final MethodHandle read =
                function("read", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);

        private final MethodHandle statfs = function("statfs", ValueLayout.ADDRESS, ValueLayout.ADDRESS);

        private MethodHandle function(String name, MemoryLayout... arguments) {
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow(name),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments),
                    Linker.Option.captureCallState("errno"));
        }

        int init(int flags) throws IOException {
            return call("inotify_init1", state -> (int) init.invokeExact(state, flags));
        }

        int add(int descriptor, String path, int mask) throws IOException {
            try (Arena call = Arena.ofConfined()) {
                MemorySegment text = call.allocateFrom(path);
                return call(
                        "inotify_add_watch of " + path, state -> (int) add.invokeExact(state, descriptor, text, mask));
            }
        }

        void remove(int descriptor, int watch) {
            ignoring(state -> (int) remove.invokeExact(state, descriptor, watch));
        }

        void close(int descriptor) {
            ignoring(state -> (int) close.invokeExact(state, descriptor));
        }

        void poll(int descriptor, int milliseconds) throws IOException {
            try (Arena call = Arena.ofConfined()) {
                MemorySegment wanted = call.allocate(8, 4);
                wanted.set(ValueLayout.JAVA_INT, 0, descriptor);
                wanted.set(ValueLayout.JAVA_SHORT, 4, READABLE);
                call("poll", state -> (int) poll.invokeExact(state, wanted, 1L, milliseconds));
            }
        }

        int read(int descriptor, MemorySegment into, long bytes) throws IOException {
            return call("read", state -> (int) read.invokeExact(state, descriptor, into, bytes));
        }

        long fileSystem(String path) throws IOException {
            try (Arena call = Arena.ofConfined()) {
                MemorySegment text = call.allocateFrom(path);
                MemorySegment answer = call.allocate(STATFS_BYTES, Long.BYTES);
                call("statfs of " + path, state -> (int) statfs.invokeExact(state, text, answer));
                return answer.get(ValueLayout.JAVA_LONG, 0);
            }
        }

        private interface Call {
            int in(MemorySegment state) throws Throwable;
        }

        private static int call(String what, Call call) throws IOException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(STATE);
                int result = invoke(call, state);
                int error = (int) ERRNO.get(state, 0L);
                if (result < 0 && error != EAGAIN && error != EINTR) {
                    throw new IOException(what + " failed with error number " + error);
                }
                return result;
            }
        }

        private static void ignoring(Call call) {
            try (Arena arena = Arena.ofConfined()) {
                invoke(call, arena.allocate(STATE));
            }
        }

        @SuppressWarnings("IllegalCatch") // A method handle declares Throwable.
        private static int invoke(Call call, MemorySegment state) {
            try {
                return call.in(state);
            } catch (RuntimeException | Error passed) {
                throw passed;
            } catch (Throwable impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
