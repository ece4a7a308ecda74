package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.schema.json.Json;
import java.io.StringWriter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.filter.FilteringGeneratorDelegate;
import tools.jackson.core.filter.TokenFilter;

/** Which members of each entry of a list somebody wants, as {@code id,name,disks.name}: the others are not written. */
final class WantedMembers {
    private final @Nullable Members filter;

    private WantedMembers(@Nullable Members filter) {
        this.filter = filter;
    }

    /** @throws Refusal if one of them is none of the shape */
    static WantedMembers of(Optional<String> asked, Class<? extends Record> shape) {
        if (asked.isEmpty()) {
            return new WantedMembers(null);
        }
        Members filter = new Members();
        for (String name : asked.get().split(",", -1)) {
            String[] steps = name.split("\\.", 2);
            Optional<RecordComponent> known = component(shape, steps[0]);
            boolean inner = steps.length == 2;
            if (known.isEmpty()
                    || (inner
                            && component(element(known.get().getGenericType()), steps[1])
                                    .isEmpty())) {
                throw Refusal.parameter(
                        "fields",
                        "'fields' names what no entry has",
                        "Name members with commas between them, as id,name,disks.name; leave it out for all.");
            }
            filter.want(steps[0], inner ? steps[1] : null);
        }
        return new WantedMembers(filter);
    }

    /** Whether it is written, all of it or a part. */
    boolean has(String member) {
        return filter == null || filter.wanted.containsKey(member);
    }

    /** Whether of a member nothing but this part is written. */
    boolean isOnly(String member, String inner) {
        return filter != null
                && filter.wanted.get(member) instanceof Members part
                && part.wanted.keySet().equals(Set.of(inner));
    }

    String written(Object entry) {
        if (filter == null) {
            return Json.MAPPER.writeValueAsString(entry);
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator whole = Json.MAPPER.createGenerator(text);
                JsonGenerator part = new FilteringGeneratorDelegate(
                        whole, filter, TokenFilter.Inclusion.INCLUDE_ALL_AND_PATH, true)) {
            Json.MAPPER.writeValue(part, entry);
        }
        return text.toString();
    }

    private static Optional<RecordComponent> component(Class<?> shape, String name) {
        return !shape.isRecord()
                ? Optional.empty()
                : Arrays.stream(shape.getRecordComponents())
                        .filter(component -> component.getName().equals(name))
                        .findFirst();
    }

    /** What a list has, or what a member is. */
    private static Class<?> element(Type type) {
        return switch (type) {
            case ParameterizedType list
            when list.getActualTypeArguments().length == 1 -> element(list.getActualTypeArguments()[0]);
            case Class<?> known -> known;
            default -> Object.class;
        };
    }

    /** The members of one object; those that are wanted as a whole lead to everything. */
    private static final class Members extends TokenFilter {
        private final Map<String, TokenFilter> wanted = new LinkedHashMap<>();

        void want(String member, @Nullable String inner) {
            if (inner == null) {
                wanted.put(member, TokenFilter.INCLUDE_ALL);
            } else if (wanted.computeIfAbsent(member, fresh -> new Members()) instanceof Members part) {
                part.want(inner, null);
            }
        }

        @Override
        public @Nullable TokenFilter includeProperty(String name) {
            return wanted.get(name);
        }

        @Override
        public boolean includeEmptyArray(boolean contentsFiltered) {
            return true;
        }

        @Override
        public boolean includeEmptyObject(boolean contentsFiltered) {
            return true;
        }
    }
}
