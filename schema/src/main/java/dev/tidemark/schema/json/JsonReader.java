package dev.tidemark.schema.json;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads documents of one type that mostly our own writer wrote: the log, above all. What is in that writer's form is read without the
 * codec's detours. Everything else is left to the codec, which accepts or refuses it as ever; so whatever this gives or throws is what
 * the codec gives or throws. Thread-safe.
 */
public final class JsonReader<T> {
    private final Class<T> type;
    private final ObjectReader codec;
    private final Optional<CanonicalForm> form;

    private JsonReader(Class<T> type, ObjectReader codec, Optional<CanonicalForm> form) {
        this.type = type;
        this.codec = codec;
        this.form = form;
    }

    /** With a codec that is {@link Json#MAPPER}, or differs from it in mix-ins only. */
    public static <T> JsonReader<T> of(Class<T> type, JsonMapper mapper) {
        return new JsonReader<>(type, mapper.readerFor(type), CanonicalForms.of(type, mapper));
    }

    /**
     * From UTF-8.
     *
     * @throws tools.jackson.core.JacksonException if the codec cannot read it
     */
    public T read(byte[] document) {
        return canonical(document).orElseGet(() -> codec.readValue(new String(document, StandardCharsets.UTF_8)));
    }

    /** As {@link #read(byte[])}. */
    public T read(String document) {
        return canonical(document.getBytes(StandardCharsets.UTF_8)).orElseGet(() -> codec.readValue(document));
    }

    /** Empty if the codec has to read it. */
    Optional<T> canonical(byte[] document) {
        if (form.isEmpty() || document.length > Json.TEXT_LENGTH_MAX) {
            return Optional.empty();
        }
        try {
            CanonicalText text = new CanonicalText(document);
            Object value = form.get().read(text);
            text.end();
            return Optional.of(type.cast(value));
        } catch (NotCanonical other) {
            return Optional.empty();
        }
    }
}
