package dev.tidemark.gateway.model;

import java.util.List;

/** An NBD export. It stays with the disk when an overlay is put on its node. */
final class Export {
    final String id;
    final boolean writable;
    final List<Bitmap> bitmaps;
    Node node;

    Export(String id, Node node, boolean writable, List<Bitmap> bitmaps) {
        this.id = id;
        this.node = node;
        this.writable = writable;
        this.bitmaps = List.copyOf(bitmaps);
    }
}
