package dev.tidemark.schema.json;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Works out how our writer writes a type, from the record itself. A type of which it does not understand everything has no form, and is
 * left to the codec.
 */
final class CanonicalForms {
    private static final Map<Type, CanonicalForm> KNOWN = Map.ofEntries(
            Map.entry(String.class, new CanonicalForm.Scalar<>(CanonicalText::text, text -> text)),
            Map.entry(Instant.class, new CanonicalForm.Scalar<>(CanonicalText::text, CanonicalForms::instant)),
            Map.entry(long.class, new CanonicalForm.Scalar<>(CanonicalText::number, number -> number)),
            Map.entry(Long.class, new CanonicalForm.Scalar<>(CanonicalText::number, number -> number)),
            Map.entry(int.class, new CanonicalForm.Scalar<>(CanonicalText::number, CanonicalForms::shortNumber)),
            Map.entry(Integer.class, new CanonicalForm.Scalar<>(CanonicalText::number, CanonicalForms::shortNumber)),
            Map.entry(boolean.class, new CanonicalForm.Scalar<>(CanonicalText::truth, truth -> truth)),
            Map.entry(Boolean.class, new CanonicalForm.Scalar<>(CanonicalText::truth, truth -> truth)),
            Map.entry(
                    OptionalLong.class,
                    new CanonicalForm.Possible(
                            new CanonicalForm.Scalar<>(CanonicalText::number, number -> number),
                            number -> OptionalLong.of((Long) number),
                            OptionalLong.empty())),
            Map.entry(
                    OptionalInt.class,
                    new CanonicalForm.Possible(
                            new CanonicalForm.Scalar<>(CanonicalText::number, CanonicalForms::shortNumber),
                            number -> OptionalInt.of((Integer) number),
                            OptionalInt.empty())));

    private final JsonMapper mapper;
    private final Map<Type, CanonicalForm> forms = new HashMap<>(KNOWN);

    /** Of whose form something is being made: who is met there again holds itself. */
    private final Set<Class<?>> begun = new HashSet<>();

    private CanonicalForms(JsonMapper mapper) {
        this.mapper = mapper;
    }

    /** A type is written in a way that is not understood here. */
    private static final class Unknown extends Exception {
        private static final long serialVersionUID = 1L;

        Unknown(Type type) {
            super(type.getTypeName());
        }
    }

    static Optional<CanonicalForm> of(Class<?> type, JsonMapper mapper) {
        try {
            return Optional.of(new CanonicalForms(mapper).form(type));
        } catch (Unknown unknown) {
            return Optional.empty();
        }
    }

    private static Object instant(String text) {
        return Timestamps.plain(text).orElseThrow(NotCanonical::new);
    }

    private static Object shortNumber(Long number) {
        if (number != number.intValue()) {
            throw new NotCanonical();
        }
        return number.intValue();
    }

    private CanonicalForm form(Type type) throws Unknown {
        CanonicalForm known = forms.get(type);
        if (known != null) {
            return known;
        }
        CanonicalForm form = switch (type) {
            case ParameterizedType generic -> generic(generic);
            case Class<?> some when some.isEnum() -> constants(some);
            case Class<?> some when some.isRecord() -> record(some);
            case Class<?> some when some.isInterface() -> oneOf(some);
            default -> throw new Unknown(type);
        };
        forms.put(type, form);
        return form;
    }

    private CanonicalForm record(Class<?> type) throws Unknown {
        if (isWrapped(type)) {
            return wrapped(type);
        }
        for (Class<?> kind : type.getInterfaces()) {
            if (annotated(kind).isAnnotationPresent(JsonTypeInfo.class)) {
                // Written with its kind, wherever it stands.
                throw new Unknown(type);
            }
        }
        return members(type);
    }

    private CanonicalForm generic(ParameterizedType type) throws Unknown {
        if (type.getRawType() == Optional.class) {
            return CanonicalForm.Possible.of(form(type.getActualTypeArguments()[0]));
        }
        if (type.getRawType() == List.class) {
            return new CanonicalForm.Several(form(type.getActualTypeArguments()[0]));
        }
        throw new Unknown(type);
    }

    private CanonicalForm constants(Class<?> type) throws Unknown {
        Map<String, Object> constants = new HashMap<>();
        for (Object constant : type.getEnumConstants()) {
            String written = mapper.writeValueAsString(constant);
            if (!written.equals('"' + constant.toString() + '"') || !constant.equals(mapper.readValue(written, type))) {
                throw new Unknown(type);
            }
            constants.put(constant.toString(), constant);
        }
        return new CanonicalForm.Constant(Map.copyOf(constants));
    }

    private static boolean isWrapped(Class<?> record) {
        RecordComponent[] components = record.getRecordComponents();
        return components.length == 1
                && components[0].getType() == String.class
                && components[0].getAccessor().isAnnotationPresent(JsonValue.class)
                && canonical(record).isAnnotationPresent(JsonCreator.class);
    }

    private CanonicalForm wrapped(Class<?> record) throws Unknown {
        requireNoMixIn(record);
        return new CanonicalForm.Wrapped(constructing(record));
    }

    private CanonicalForm.Members members(Class<?> record) throws Unknown {
        requireNoMixIn(record);
        requireAsDeclared(record);
        if (!begun.add(record)) {
            throw new Unknown(record);
        }
        try {
            List<CanonicalText.Name> names = new ArrayList<>();
            List<CanonicalForm> parts = new ArrayList<>();
            for (RecordComponent component : record.getRecordComponents()) {
                names.add(new CanonicalText.Name(component.getName()));
                parts.add(form(component.getGenericType()));
            }
            return new CanonicalForm.Members(List.copyOf(names), List.copyOf(parts), constructing(record));
        } finally {
            begun.remove(record);
        }
    }

    private CanonicalForm oneOf(Class<?> type) throws Unknown {
        Class<?> annotated = annotated(type);
        JsonTypeInfo told = annotated.getAnnotation(JsonTypeInfo.class);
        JsonSubTypes kinds = annotated.getAnnotation(JsonSubTypes.class);
        if (told == null
                || kinds == null
                || told.use() != JsonTypeInfo.Id.NAME
                || told.include() != JsonTypeInfo.As.PROPERTY
                || told.visible()
                || jacksons(annotated).count() != 2) {
            throw new Unknown(type);
        }
        Map<String, CanonicalForm.Members> members = new HashMap<>();
        for (JsonSubTypes.Type kind : kinds.value()) {
            // A kind that is not understood is left to the codec, the others are not.
            kind(kind.value()).ifPresent(form -> members.put(kind.name(), form));
        }
        return new CanonicalForm.OneOf(new CanonicalText.Name(told.property()), Map.copyOf(members));
    }

    private Optional<CanonicalForm.Members> kind(Class<?> type) {
        try {
            return type.isRecord() ? Optional.of(members(type)) : Optional.empty();
        } catch (Unknown unknown) {
            return Optional.empty();
        }
    }

    private Class<?> annotated(Class<?> type) {
        Class<?> mixIn = mapper.deserializationConfig().findMixInClassFor(type);
        return mixIn == null ? type : mixIn;
    }

    private void requireNoMixIn(Class<?> type) throws Unknown {
        if (mapper.deserializationConfig().findMixInClassFor(type) != null) {
            throw new Unknown(type);
        }
    }

    /** Nothing is said to the codec that is not said by the record itself. */
    private static void requireAsDeclared(Class<?> record) throws Unknown {
        List<AnnotatedElement> parts = new ArrayList<>(List.of(record));
        parts.addAll(List.of(record.getDeclaredFields()));
        parts.addAll(List.of(record.getDeclaredMethods()));
        for (Constructor<?> constructor : record.getDeclaredConstructors()) {
            parts.add(constructor);
            parts.addAll(List.of(constructor.getParameters()));
        }
        if (parts.stream().flatMap(CanonicalForms::jacksons).findAny().isPresent()) {
            throw new Unknown(record);
        }
    }

    private static Stream<Annotation> jacksons(AnnotatedElement element) {
        return Arrays.stream(element.getDeclaredAnnotations())
                .filter(annotation -> annotation.annotationType().getName().contains(".jackson."));
    }

    private static Constructor<?> canonical(Class<?> record) {
        Class<?>[] types = Arrays.stream(record.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return record.getDeclaredConstructor(types);
        } catch (NoSuchMethodException impossible) {
            throw new AssertionError("a record without its constructor: " + record, impossible);
        }
    }

    private static CanonicalForm.Constructing constructing(Class<?> record) throws Unknown {
        Constructor<?> constructor = canonical(record);
        try {
            constructor.setAccessible(true);
            return new CanonicalForm.Constructing(MethodHandles.lookup().unreflectConstructor(constructor));
        } catch (IllegalAccessException | RuntimeException closed) {
            throw new Unknown(record);
        }
    }
}
