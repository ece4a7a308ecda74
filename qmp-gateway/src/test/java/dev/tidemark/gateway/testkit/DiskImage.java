package dev.tidemark.gateway.testkit;

import java.nio.file.Path;

/** Image files and the block device options that open them. */
public final class DiskImage {

    private DiskImage() {}

    /** Makes an empty qcow2 image. */
    public static Path createQcow2(Path file, long virtualBytes) {
        RequiredProgram.QEMU_IMG.run("create", "-q", "-f", "qcow2", file.toString(), Long.toString(virtualBytes));
        return file;
    }

    /** A {@code --blockdev} for a qcow2 image. */
    public static String qcow2Blockdev(String nodeName, Path file) {
        return "{\"driver\":\"qcow2\",\"node-name\":\"" + nodeName + "\",\"file\":{\"driver\":\"file\",\"filename\":\""
                + file + "\"}}";
    }

    /** A {@code --blockdev} without a file: reads zeros, forgets writes. */
    public static String nullBlockdev(String nodeName, long virtualBytes) {
        return "{\"driver\":\"null-co\",\"node-name\":\"" + nodeName + "\",\"read-zeroes\":true,\"size\":"
                + virtualBytes + "}";
    }
}
