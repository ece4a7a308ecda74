package dev.tidemark.coordinator.cli.configuration;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * A file with a section for each verb and a key for each option: {@code serve: {port: 8391, repository: {offsite: /backup}}}.
 *
 * <p>Read token by token: it is three levels deep at most, and nothing in it is made into an object.
 */
final class ConfigurationFile {
    private static final long BYTES_MAX = 64 * 1024;
    private static final Path SELF = Path.of("/proc/self");
    private static final String OWNER = "unix:uid";
    private static final Integer ROOT = 0;

    private final Path file;
    private final YAMLParser parser;

    private ConfigurationFile(Path file, YAMLParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /** Sections, their keys, and the values of each. */
    static Map<String, Map<String, List<String>>> read(Path file) {
        String text = text(file);
        try (YAMLParser parser = (YAMLParser) new YAMLMapper().createParser(text)) {
            return new ConfigurationFile(file, parser).sections();
        } catch (JacksonException malformed) {
            throw new Misconfigured(file + " is not YAML: " + malformed.getOriginalMessage() + line(malformed));
        }
    }

    private static String line(JacksonException malformed) {
        return malformed.getLocation() == null
                ? ""
                : ", line " + malformed.getLocation().getLineNr();
    }

    private static String text(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new Misconfigured(file + " is no file");
            }
            refuseStrangers(file);
            if (Files.size(file) > BYTES_MAX) {
                throw new Misconfigured(file + " is longer than " + BYTES_MAX + " bytes");
            }
            return Files.readString(file);
        } catch (CharacterCodingException garbled) {
            throw new Misconfigured(file + " is not UTF-8");
        } catch (IOException unreadable) {
            throw new Misconfigured(file + " cannot be read: " + unreadable.getMessage());
        }
    }

    /** Whoever can write it says where everything is written, and whom to trust. */
    private static void refuseStrangers(Path file) throws IOException {
        Object owner = Files.getAttribute(file, OWNER);
        if (!ROOT.equals(owner) && !Files.getAttribute(SELF, OWNER).equals(owner)) {
            throw new Misconfigured(file + " belongs to somebody else: it has to be yours or root's");
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new Misconfigured(file + " can be written by others: chmod go-w " + file);
        }
    }

    private Map<String, Map<String, List<String>>> sections() {
        Map<String, Map<String, List<String>>> sections = new LinkedHashMap<>();
        JsonToken first = next();
        if (first == null || (first == JsonToken.VALUE_NULL && next() == null)) {
            return sections;
        }
        if (first != JsonToken.START_OBJECT) {
            throw wrong("begins with a section, as 'serve:'");
        }
        while (next() == JsonToken.PROPERTY_NAME) {
            String section = parser.currentName();
            JsonToken opened = next();
            if (opened != JsonToken.START_OBJECT && opened != JsonToken.VALUE_NULL) {
                throw wrong("has keys in its section '" + section + "'");
            }
            Map<String, List<String>> keys = opened == JsonToken.VALUE_NULL ? Map.of() : keys();
            if (sections.put(section, keys) != null) {
                throw wrong("has its section '" + section + "' once");
            }
        }
        if (next() != null) {
            throw wrong("is one document");
        }
        return sections;
    }

    private Map<String, List<String>> keys() {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        while (next() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            if (keys.put(key, values(key)) != null) {
                throw wrong("has its key '" + key + "' once");
            }
        }
        return keys;
    }

    /** One value, a list of them, or names with what each stands for. */
    private List<String> values(String key) {
        JsonToken token = next();
        List<String> values = new ArrayList<>();
        if (token == JsonToken.START_ARRAY) {
            list(key, "", values);
        } else if (token == JsonToken.START_OBJECT) {
            while (next() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                if (next() == JsonToken.START_ARRAY) {
                    list(key, name + "=", values);
                } else {
                    values.add(name + "=" + scalar(key));
                }
            }
        } else {
            values.add(scalar(key));
        }
        return values;
    }

    private void list(String key, String prefix, List<String> values) {
        while (next() != JsonToken.END_ARRAY) {
            values.add(prefix + scalar(key));
        }
    }

    private String scalar(String key) {
        JsonToken token = parser.currentToken();
        if (token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL) {
            throw wrong("gives '" + key + "' a value, a list of values, or names with a value each; or leaves it out");
        }
        return parser.getString();
    }

    private @Nullable JsonToken next() {
        JsonToken token = parser.nextToken();
        if (parser.getTypeId() != null || parser.getObjectId() != null || parser.isCurrentAlias()) {
            throw wrong("has no tags, anchors and aliases");
        }
        return token;
    }

    private Misconfigured wrong(String rule) {
        return new Misconfigured(
                file + ", line " + parser.currentTokenLocation().getLineNr() + ": a configuration " + rule);
    }
}
