package dev.tidemark.gateway.act.repository;

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
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * A file or directory that stays the one it was when it was opened, whatever becomes of its name. Java has {@code openat(2)} only for what
 * it does itself; {@code qemu-img} needs the descriptor's own name below {@code /proc}, and Java does not tell descriptors' numbers.
 */
final class Descriptor implements AutoCloseable {
    /** What {@code openat} is told, which differs between processors (asm/fcntl.h). */
    private record Flags(int directory, int noFollow) {
        private static Flags ofThisProcessor() {
            return switch (System.getProperty("os.arch", "")) {
                case "aarch64", "arm", "ppc64le" -> new Flags(0x4000, 0x8000);
                default -> new Flags(0x1_0000, 0x2_0000);
            };
        }
    }

    private static final Flags FLAGS = Flags.ofThisProcessor();
    private static final int READ_WRITE = 0x2;
    private static final int CREATE = 0x40;
    private static final int EXCLUSIVE = 0x80;
    private static final int NON_BLOCKING = 0x800;
    private static final int CLOSE_ON_EXEC = 0x8_0000;
    private static final int PATH_ONLY = 0x20_0000;
    private static final int OWNER_ONLY = 0600;
    private static final int NO_DESCRIPTOR = -1;

    /** errno(3). */
    private static final int ENOENT = 2;

    private static final int EINTR = 4;
    private static final int EACCES = 13;
    private static final int EBUSY = 16;
    private static final int EEXIST = 17;
    private static final int ENOTDIR = 20;
    private static final int ELOOP = 40;

    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle OPENAT = openat();
    private static final MethodHandle CLOSE = close(Linker.nativeLinker());

    private final int number;
    private final Path path;
    private boolean closed;

    private Descriptor(int number, Path path) {
        this.number = number;
        this.path = path;
    }

    private static Descriptor directory(int number) {
        // With the dot it is no link itself: whoever follows none at the end of a path gets there all the same.
        return new Descriptor(number, link(number).resolve("."));
    }

    private static Path link(int number) {
        return Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd", Integer.toString(number));
    }

    /** A directory, each name on the way to it taken as what it is: a symbolic link among them is an error. */
    static Descriptor ofDirectory(Path real) throws IOException {
        if (!real.isAbsolute() || !real.equals(real.normalize())) {
            throw new IllegalArgumentException("not an absolute path without '..': " + real);
        }
        Descriptor at = directory(call(NO_DESCRIPTOR, "/", PATH_ONLY | FLAGS.directory(), real));
        for (Path name : real) {
            try (Descriptor above = at) {
                at = above.directory(name.toString());
            } catch (FileSystemException fault) {
                throw named(fault, real);
            }
        }
        return at;
    }

    /**
     * A block device that is ours until it is closed: nobody mounts it, swaps to it or puts another device on it meanwhile. Empty if
     * somebody did already, in whichever mount namespace; who only reads or writes it, as QEMU does, neither hinders nor is hindered.
     */
    static Optional<Descriptor> ofDevice(Path real) throws IOException {
        try {
            int held = call(NO_DESCRIPTOR, real.toString(), EXCLUSIVE | FLAGS.noFollow(), real);
            return Optional.of(new Descriptor(held, link(held)));
        } catch (DeviceClaimed claimed) {
            return Optional.empty();
        }
    }

    /** A directory in this one. */
    Descriptor directory(String name) throws IOException {
        return directory(call(number, name, PATH_ONLY | FLAGS.directory() | FLAGS.noFollow(), path.resolve(name)));
    }

    /** A new empty file in this directory, for nobody else to read; there must be nothing of that name. */
    Descriptor newFile(String name) throws IOException {
        int made = call(number, name, READ_WRITE | CREATE | EXCLUSIVE | FLAGS.noFollow(), path.resolve(name));
        return new Descriptor(made, link(made));
    }

    /** A file in this directory, to be read and written; a link of that name is an error, and a fifo does not make anybody wait. */
    Descriptor file(String name) throws IOException {
        int opened = call(number, name, READ_WRITE | NON_BLOCKING | FLAGS.noFollow(), path.resolve(name));
        return new Descriptor(opened, link(opened));
    }

    /** The same to be read only; it has to be a regular one. */
    Descriptor fileToRead(String name) throws IOException {
        Path told = path.resolve(name);
        int opened = call(number, name, NON_BLOCKING | FLAGS.noFollow(), told);
        Descriptor file = new Descriptor(opened, link(opened));
        BasicFileAttributes attributes = Files.readAttributes(file.path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            file.close();
            throw new FileSystemException(
                    told.toString(), null, "is not a regular file but " + DurableFiles.kind(attributes));
        }
        return file;
    }

    /** The same file opened once more, to be read. */
    synchronized Descriptor again() throws IOException {
        if (closed) {
            throw new FileSystemException(path.toString(), null, "is not held any more");
        }
        int opened = call(NO_DESCRIPTOR, path.toString(), 0, path);
        return new Descriptor(opened, link(opened));
    }

    /** What leads to it and nowhere else, also in a process that we start, until it is closed. */
    Path path() {
        return path;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            int ignored = (int) CLOSE.invokeExact(number);
        } catch (Throwable impossible) {
            throw new IllegalStateException("close(2) cannot be called", impossible);
        }
    }

    private static int call(int directory, String name, int flags, Path told) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            MemorySegment text = arena.allocateFrom(name);
            while (true) {
                int descriptor = (int) OPENAT.invokeExact(state, directory, text, flags | CLOSE_ON_EXEC, OWNER_ONLY);
                if (descriptor >= 0) {
                    return descriptor;
                }
                int errno = (int) ERRNO.get(state, 0L);
                if (errno != EINTR) {
                    throw fault(errno, told);
                }
            }
        } catch (IOException | RuntimeException | Error fault) {
            throw fault;
        } catch (Throwable impossible) {
            throw new IllegalStateException("openat(2) cannot be called", impossible);
        }
    }

    private static FileSystemException fault(int errno, Path told) {
        String path = told.toString();
        return switch (errno) {
            case ENOENT -> new NoSuchFileException(path);
            case EEXIST -> new FileAlreadyExistsException(path);
            case ELOOP, ENOTDIR ->
                new FileSystemException(path, null, "there is a symbolic link on the way, or what is no directory");
            case EACCES -> new AccessDeniedException(path);
            case EBUSY -> new DeviceClaimed(path);
            default -> new FileSystemException(path, null, "cannot be opened (errno " + errno + ")");
        };
    }

    /** The kernel has given it to somebody for himself alone. */
    private static final class DeviceClaimed extends FileSystemException {
        private static final long serialVersionUID = 1L;

        private DeviceClaimed(String path) {
            super(path, null, "is busy");
        }
    }

    /** With the path that was asked for: the descriptor's own says nothing to anybody. */
    private static FileSystemException named(FileSystemException fault, Path real) {
        FileSystemException named = fault instanceof NoSuchFileException
                ? new NoSuchFileException(real.toString(), null, "no such directory")
                : new FileSystemException(real.toString(), null, String.valueOf(fault.getReason()));
        named.initCause(fault);
        return named;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle openat() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("openat"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT),
                Linker.Option.firstVariadicArg(3),
                Linker.Option.captureCallState("errno"));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle close(Linker linker) {
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("close"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }
}
