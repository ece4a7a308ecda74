package dev.tidemark.gateway.model;

/** What {@code blockdev-add} is told. */
public sealed interface NodeOptions {
    /** The node's name. */
    String node();

    /** Where a qcow2 node finds the layer below it. */
    sealed interface Backing {
        /** As the image's header says; QEMU opens that layer under a name of its own. */
        record OfHeader() implements Backing {}

        /** Nowhere, whatever the header says. */
        record None() implements Backing {}

        /** In a node that is open already. */
        record Node(String name) implements Backing {}
    }

    /** An image file. */
    record Qcow2(String node, String file, boolean readOnly, Backing backing) implements NodeOptions {}

    /** Reads zeros, forgets writes. */
    record Null(String node, long bytes) implements NodeOptions {}

    /** A part of another node: raw with offset and size. */
    record Part(String node, String below, long offsetBytes, long bytes) implements NodeOptions {}

    /** Fails every write, and reads zeros. */
    record Broken(String node, long bytes) implements NodeOptions {}

    /** A throttle filter, which passes everything on. */
    record Filter(String node, String below) implements NodeOptions {}
}
