package dev.tidemark.coordinator.cli.show;

import dev.tidemark.schema.json.Json;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** Documents for programs. */
public final class Documents {
    private Documents() {}

    /** Indented JSON, with a line break at its end. */
    public static String json(JsonNode document) {
        DefaultIndenter twoSpaces = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter()
                .withSeparators(Separators.createDefaultInstance()
                        .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                        .withObjectEmptySeparator("")
                        .withArrayEmptySeparator(""))
                .withObjectIndenter(twoSpaces)
                .withArrayIndenter(twoSpaces);
        return Json.MAPPER.writer().with(printer).writeValueAsString(document) + "\n";
    }

    /** JSON on one line, with a line break at its end. */
    static String jsonLine(JsonNode document) {
        return Json.MAPPER.writeValueAsString(document) + "\n";
    }

    /** YAML; texts stay quoted, so that no id turns into a number in another reader. */
    public static String yaml(JsonNode document) {
        return OnlyForYaml.MAPPER.writeValueAsString(document);
    }

    /** Loaded when YAML is asked for, and not before. */
    private static final class OnlyForYaml {
        static final YAMLMapper MAPPER = YAMLMapper.builder()
                .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                .disable(YAMLWriteFeature.SPLIT_LINES)
                .build();
    }
}
