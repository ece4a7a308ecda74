package dev.tidemark.gateway.model;

import java.util.List;

/** An NBD export. It stays with the disk when an overlay is put on its node. */
final class Export {
    final String id;
    final boolean writable;
    final List<Bitmap> bitmaps;
    /** Its size never changes, whatever becomes of the disk's. */
    final int cells;

    Node node;

    Export(String id, Node node, boolean writable, List<Bitmap> bitmaps) {
        this.id = id;
        this.node = node;
        this.writable = writable;
        this.cells = node.cells();
        this.bitmaps = List.copyOf(bitmaps);
    }
}
