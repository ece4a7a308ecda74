package dev.tidemark.gateway.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
        if (cellBytes <= 0 || Image.CLUSTER_BYTES % cellBytes != 0) {
            throw new IllegalArgumentException("a cluster holds whole cells, not cells of " + cellBytes);
        }
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

    /** Gives a file another name. */
    public void rename(String from, String to) {
        Image image = images.remove(from);
        if (image == null) {
            throw new IllegalArgumentException("no file " + from);
        }
        images.put(to, image);
    }

    /** Somebody writes a cell of the disk into the file without QEMU. */
    public void write(String file, int cell, long value) {
        Image image = image(file).orElseThrow(() -> new IllegalArgumentException("no file " + file));
        image.write(Cells.range(cell, cell + 1), value, layer(file));
    }

    /** Puts an image in the place of a file that holds what it and these below it hold together, the uppermost first. */
    public void merge(String file, List<String> below, Optional<String> onto) {
        List<Image> layers = new ArrayList<>();
        layers.add(image(file).orElseThrow());
        below.forEach(name -> layers.add(image(name).orElseThrow()));
        images.put(file, Image.merged(layers, onto));
    }

    /** Removes the file. */
    public void remove(String file) {
        images.remove(file);
    }

    /**
     * What a reader of the file sees through all its backing files.
     *
     * @throws IllegalArgumentException if one of them is missing
     */
    public Cells read(String file) {
        Layer layer = layer(file);
        Cells cells = new Cells();
        for (int cell = 0; cell < layer.cells(); cell++) {
            cells.put(cell, layer.at(cell));
        }
        return cells;
    }

    /** Where a backing file's name leads, seen from the file that names it. */
    static String resolve(String file, String backing) {
        return Path.of(file).resolveSibling(backing).normalize().toString();
    }

    private Layer layer(String file) {
        Image image = image(file).orElseThrow(() -> new IllegalArgumentException("no file " + file));
        Layer below =
                image.backingFile.map(backing -> layer(resolve(file, backing))).orElse(Layer.NOTHING);
        return new Layer() {
            @Override
            public int cells() {
                return image.cells;
            }

            @Override
            public long at(int cell) {
                return cell >= image.cells ? 0 : image.holds(cell) ? image.at(cell) : below.at(cell);
            }
        };
    }
}
