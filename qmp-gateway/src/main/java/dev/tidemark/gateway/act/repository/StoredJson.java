package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;

/** JSON files that people can read and that are read strictly: bounded, one version, no member that nobody knows. */
final class StoredJson {
    private static final int LENGTH_MAX = 4 * 1024 * 1024;
    private static final ObjectWriter WRITER = Json.MAPPER.writerWithDefaultPrettyPrinter();

    private StoredJson() {}

    static void write(Path path, Object content) throws IOException {
        byte[] json = WRITER.writeValueAsBytes(content);
        byte[] lines = new byte[json.length + 1];
        System.arraycopy(json, 0, lines, 0, json.length);
        lines[json.length] = '\n';
        if (lines.length > LENGTH_MAX) {
            // Better now than when somebody needs to restore.
            throw new FileSystemException(path.toString(), null, "would have more than " + LENGTH_MAX + " bytes");
        }
        DurableFiles.replace(path, lines);
    }

    static <T> T read(Path path, Class<T> type, int version) throws IOException {
        return read(path, type, version, version);
    }

    static <T> T read(Path path, Class<T> type, int versionMin, int versionMax) throws IOException {
        byte[] json = DurableFiles.readSmall(path, LENGTH_MAX);
        try {
            JsonNode tree = Json.MAPPER.readTree(json);
            JsonNode found = tree.path("formatVersion");
            if (!found.isInt() || found.intValue() < versionMin || found.intValue() > versionMax) {
                throw new FileSystemException(
                        path.toString(), null, "has no format version that is known here (" + versionMax + ")");
            }
            return Json.MAPPER.treeToValue(tree, type);
        } catch (JacksonException malformed) {
            FileSystemException fault =
                    new FileSystemException(path.toString(), null, "is not valid: " + malformed.getOriginalMessage());
            fault.initCause(malformed);
            throw fault;
        }
    }
}
