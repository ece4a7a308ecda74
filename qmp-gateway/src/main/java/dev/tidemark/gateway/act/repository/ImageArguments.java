package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * How QEMU's programs are told of images: by its JSON syntax with the driver spelled out, so that nothing is probed and no character of
 * a path has a meaning. Keys are objects that such a program makes of files; it is told their names, and each layer is told its own.
 */
final class ImageArguments {
    private ImageArguments() {}

    /** What makes a program hold the keys of all these images, before it opens one. */
    static List<String> secrets(List<KeyedImage> images) {
        Map<String, Path> files = new TreeMap<>();
        images.forEach(image -> image.key().ifPresent(key -> files.put(id(key), key.file())));
        List<String> arguments = new ArrayList<>();
        files.forEach((id, file) -> {
            arguments.add("--object");
            // Here a comma ends a value, unless there are two.
            arguments.add("secret,id=" + id + ",file=" + absolute(file).replace(",", ",,"));
        });
        return arguments;
    }

    /** Told what lies below what, the top one first, so that no name in an image is followed. */
    static String told(List<KeyedImage> layers) {
        ObjectNode options = Json.MAPPER.createObjectNode();
        ObjectNode at = options;
        for (int index = 0; index < layers.size(); index++) {
            at.put("driver", "qcow2");
            encrypt(at, layers.get(index).key());
            at.putObject("file")
                    .put("driver", "file")
                    .put("filename", absolute(layers.get(index).file()));
            if (index < layers.size() - 1) {
                at = at.putObject("backing");
            } else {
                at.putNull("backing");
            }
        }
        return "json:" + options;
    }

    /** The top one; what lies below is what the images name, each opened with the key of the layer at its place. */
    static String followed(List<KeyedImage> layers) {
        ObjectNode options = Json.MAPPER.createObjectNode();
        options.put("driver", "qcow2");
        encrypt(options, layers.getFirst().key());
        options.putObject("file")
                .put("driver", "file")
                .put("filename", absolute(layers.getFirst().file()));
        int deepest = layers.size() - 1;
        while (deepest > 0 && layers.get(deepest).key().isEmpty()) {
            deepest--;
        }
        ObjectNode at = options;
        for (KeyedImage below : layers.subList(1, deepest + 1)) {
            at = at.putObject("backing").put("driver", "qcow2");
            encrypt(at, below.key());
        }
        return "json:" + options;
    }

    /** To be written to: by its name alone, in which QEMU looks for no protocol, unless keys have to be told. */
    static String written(List<KeyedImage> layers) {
        return KeyedImage.isAnyEncrypted(layers)
                ? followed(layers)
                : absolute(layers.getFirst().file());
    }

    /** With the key among the options of a layer. */
    static void encrypt(ObjectNode layer, Optional<EncryptionKey> key) {
        key.ifPresent(known -> layer.putObject("encrypt").put("format", "luks").put("key-secret", id(known)));
    }

    static String id(EncryptionKey key) {
        return "k" + key.identity();
    }

    static String absolute(Path path) {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("not an absolute path: " + path);
        }
        return path.toString();
    }
}
