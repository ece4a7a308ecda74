package dev.tidemark.gateway.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The image files of a host. They outlive every daemon. */
public final class Host {
    private final long cellBytes;
    private final Map<String, Image> images = new LinkedHashMap<>();

    /**
     * No files yet.
     *
     * @param cellBytes the smallest piece that the model tells apart; a disk has at most {@link Cells#MAX} of them
     */
    public Host(long cellBytes) {
        this.cellBytes = cellBytes;
    }

    /** The size of a cell. */
    public long cellBytes() {
        return cellBytes;
    }

    /** {@code qemu-img create}, over what was there before. */
    public Image create(String file, long virtualBytes, Optional<String> backingFile) {
        Image image = new Image(cellBytes, virtualBytes, backingFile);
        images.put(file, image);
        return image;
    }

    /** The image in this file, if there is one. */
    public Optional<Image> image(String file) {
        return Optional.ofNullable(images.get(file));
    }

    /** Puts a copy of an image into a file: a copy set aside before, perhaps. */
    public void put(String file, Image image) {
        images.put(file, image.copy());
    }

    /** Removes the file. */
    public void remove(String file) {
        images.remove(file);
    }

    /** What a reader of the file sees through all its backing files. */
    public Cells read(String file) {
        return new Cells(); // not yet
    }
}
