package dev.tidemark.gateway.testkit;

import java.nio.file.Path;

/** A block device whose medium is a file. Detached when it is closed, and no other is. */
public final class LoopDevice implements AutoCloseable {
    private final String path;

    private LoopDevice(String path) {
        this.path = path;
    }

    /** Attaches one; where that cannot be, a block device is not tested, and that is a failure. */
    public static LoopDevice of(Path file) {
        try {
            return new LoopDevice(
                    RequiredProgram.LOSETUP.run("-f", "--show", file.toString()).strip());
        } catch (AssertionError refused) {
            throw new AssertionError(
                    "no loop device can be attached, so nothing was shown of block devices. This test needs to be root with"
                            + " /dev/loop-control (modprobe loop; in a container: its devices)",
                    refused);
        }
    }

    public String path() {
        return path;
    }

    @Override
    public void close() {
        RequiredProgram.LOSETUP.run("-d", path);
    }
}
