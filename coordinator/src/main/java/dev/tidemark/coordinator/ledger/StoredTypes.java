package dev.tidemark.coordinator.ledger;

import dev.tidemark.schema.json.JsonReader;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.axonframework.messaging.MetaData;
import org.axonframework.serialization.SerializationException;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.SerializedType;
import org.axonframework.serialization.SimpleSerializedType;
import org.axonframework.serialization.jackson3.Jackson3Serializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Axon's Jackson serializer, taken off Java's class names: what is stored are the names of {@link EventTypes}. An unknown
 * name is an error here; Axon would hand out a placeholder that no handler wants, and the event would be passed over.
 */
class StoredTypes extends Jackson3Serializer {
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private final EventTypes types;
    private final JsonMapper mapper;
    private final ObjectWriter writer;
    private final Map<Class<?>, ObjectReader> readers = new ConcurrentHashMap<>();

    /** By stored name. */
    private final Map<String, JsonReader<?>> contents = new ConcurrentHashMap<>();

    StoredTypes(EventTypes types, JsonMapper mapper) {
        super(Jackson3Serializer.builder());
        this.types = types;
        this.mapper = mapper;
        this.writer = mapper.writer();
    }

    @Override
    protected ObjectWriter getWriter() {
        return writer;
    }

    @Override
    protected ObjectReader getReader(Class<?> type) {
        return readers.computeIfAbsent(type, mapper::readerFor);
    }

    @Override
    @SuppressWarnings("rawtypes") // Axon's signature
    public SerializedType typeForClass(@Nullable Class type) {
        if (type == null || type == Void.class) {
            return SerializedType.emptyType();
        }
        String name = MetaData.class.isAssignableFrom(type) ? MetaData.class.getName() : types.nameOf(type);
        return new SimpleSerializedType(name, null);
    }

    @Override
    public Class<?> classForType(SerializedType type) {
        return type.getName().equals(MetaData.class.getName()) ? MetaData.class : types.classOf(type.getName());
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Axon's signature: the caller names the type
    public <S, T> T deserialize(SerializedObject<S> serialized) {
        SerializedType type = serialized.getType();
        if (!(serialized.getData() instanceof String json) || SerializedType.isEmptyType(type)) {
            return super.deserialize(serialized);
        }
        return type.getName().equals(MetaData.class.getName()) ? (T) metadata(json) : (T) content(type, json);
    }

    private Object content(SerializedType type, String json) {
        try {
            return contents.computeIfAbsent(type.getName(), name -> JsonReader.of(types.classOf(name), mapper))
                    .read(json);
        } catch (JacksonException failure) {
            throw new SerializationException("What is stored as " + type.getName() + " cannot be read", failure);
        }
    }

    private MetaData metadata(String json) {
        try {
            Map<String, String> texts = mapper.readValue(json, TEXTS);
            return MetaData.from(new HashMap<>(texts));
        } catch (JacksonException failure) {
            throw new SerializationException("The metadata of an event cannot be read", failure);
        }
    }
}
