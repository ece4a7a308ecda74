package dev.tidemark.gateway.observe;

import dev.tidemark.schema.contract.ObservedBitmap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One node of the block graph, sizes in bytes. */
record BlockNode(
        String name,
        String driver,
        boolean readOnly,
        String file,
        long virtualSize,
        boolean persistentBitmaps,
        List<ObservedBitmap> bitmaps) {

    /** Nodes that pass everything on to one child; what carries bitmaps and data is below them (hazards §1). */
    private static final Set<String> FILTERS = Set.of(
            "blkdebug",
            "blklogwrites",
            "blkreplay",
            "backup-top",
            "commit_top",
            "compress",
            "copy-before-write",
            "copy-on-read",
            "mirror_top",
            "preallocate",
            "throttle");

    /** Image formats; what is neither a filter nor one of these is a protocol, the way to the bytes of an image. */
    private static final Set<String> FORMATS = Set.of(
            "bochs", "cloop", "dmg", "luks", "parallels", "qcow", "qcow2", "qed", "raw", "vdi", "vhdx", "vmdk", "vpc");

    BlockNode {
        bitmaps = List.copyOf(bitmaps);
    }

    static BlockNode read(Reply reply) throws UnusableReply {
        Reply image = reply.member("image");
        String driver = reply.text("drv");
        List<ObservedBitmap> bitmaps = new ArrayList<>();
        Optional<Reply> listed = reply.optional("dirty-bitmaps");
        if (listed.isPresent()) {
            Set<String> names = new HashSet<>();
            for (Reply element : listed.get().elements()) {
                ObservedBitmap bitmap = bitmap(element);
                if (bitmap.name().filter(name -> !names.add(name)).isPresent()) {
                    throw UnusableReply.malformed(element.where(), "is a second bitmap of its name");
                }
                bitmaps.add(bitmap);
            }
        }
        return new BlockNode(
                reply.text("node-name"),
                driver,
                reply.flag("ro"),
                reply.text("file"),
                image.number("virtual-size"),
                driver.equals("qcow2") && keepsBitmaps(image),
                bitmaps);
    }

    boolean isFilter() {
        return FILTERS.contains(driver);
    }

    boolean isFormat() {
        return FORMATS.contains(driver);
    }

    private static ObservedBitmap bitmap(Reply bitmap) throws UnusableReply {
        return new ObservedBitmap(
                bitmap.optionalText("name").filter(name -> !name.isEmpty()),
                bitmap.flag("recording"),
                bitmap.flag("persistent"),
                bitmap.flag("busy"),
                bitmap.optionalFlag("inconsistent"),
                bitmap.number("granularity"),
                bitmap.number("count"));
    }

    /** qcow2 of compat 0.10 cannot store a bitmap (qemu-facts §8). */
    private static boolean keepsBitmaps(Reply image) throws UnusableReply {
        Optional<Reply> specific = image.optional("format-specific");
        if (specific.isEmpty()) {
            return false;
        }
        Optional<Reply> data = specific.get().optional("data");
        return data.isPresent()
                && data.get()
                        .optionalText("compat")
                        .filter(compat -> !compat.equals("0.10"))
                        .isPresent();
    }
}
