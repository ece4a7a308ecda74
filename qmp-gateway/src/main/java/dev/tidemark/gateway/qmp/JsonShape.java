package dev.tidemark.gateway.qmp;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import tools.jackson.databind.JsonNode;

/** What a value in a command may look like. Whatever a shape does not name is refused, so that a new member is a decision. */
interface JsonShape {
    /**
     * Passes, or throws.
     *
     * @throws ForbiddenCommand that says where the value is another, without the value: it may be a path nobody is to read
     */
    void require(JsonNode value, String at, ReachablePlaces places);

    static JsonShape text() {
        return (value, at, places) -> string(value, at);
    }

    /** A name with our prefix: what others made is not touched. */
    static JsonShape ours(String prefix) {
        return (value, at, places) -> {
            if (!string(value, at).startsWith(prefix)) {
                throw new ForbiddenCommand(at + " is not the name of something of ours");
            }
        };
    }

    static JsonShape word(String... words) {
        Set<String> allowed = Set.of(words);
        return (value, at, places) -> {
            if (!allowed.contains(string(value, at))) {
                throw new ForbiddenCommand(at + " is none of " + allowed);
            }
        };
    }

    static JsonShape flag() {
        return (value, at, places) -> expect(value.isBoolean(), at, "true or false");
    }

    static JsonShape only(boolean flag) {
        return (value, at, places) -> expect(value.isBoolean() && value.booleanValue() == flag, at, "just " + flag);
    }

    static JsonShape number() {
        return (value, at, places) ->
                expect(value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0, at, "a number");
    }

    static JsonShape nothing() {
        return (value, at, places) -> expect(value.isNull(), at, "null");
    }

    static JsonShape listOf(JsonShape entry) {
        return (value, at, places) -> {
            expect(value.isArray() && !value.isEmpty(), at, "a list with something in it");
            for (int index = 0; index < value.size(); index++) {
                entry.require(value.get(index), at + "[" + index + "]", places);
            }
        };
    }

    /** An absolute path that names what it seems to name, and that is one of those. */
    static JsonShape path(BiPredicate<ReachablePlaces, Path> allowed) {
        return (value, at, places) -> {
            if (!allowed.test(places, absolute(string(value, at), at))) {
                throw new ForbiddenCommand(at + " leads to where this host's gateway was not told to go");
            }
        };
    }

    /** One shape or another, by the kind of the value: never by trying. */
    static JsonShape byKind(JsonShape ofText, JsonShape ofOthers) {
        return (value, at, places) -> (value.isString() ? ofText : ofOthers).require(value, at, places);
    }

    /** Nothing, or something. */
    static JsonShape nullOr(JsonShape other) {
        return (value, at, places) -> (value.isNull() ? nothing() : other).require(value, at, places);
    }

    /** An object of which one member tells what the others may be. */
    static JsonShape union(String tag, Map<String, Members> variants) {
        return (value, at, places) -> {
            expect(value.isObject(), at, "an object");
            JsonNode told = value.get(tag);
            Members variant = told != null && told.isString() ? variants.get(told.stringValue()) : null;
            if (variant == null) {
                throw new ForbiddenCommand(at + "." + tag + " is none of " + variants.keySet());
            }
            variant.needs(tag, text()).require(value, at, places);
        };
    }

    /** An object with these members and no others. */
    record Members(Map<String, JsonShape> required, Map<String, JsonShape> optional, JsonShape condition)
            implements JsonShape {
        static final Members NONE = new Members(Map.of(), Map.of(), (value, at, places) -> {});

        Members needs(String name, JsonShape shape) {
            return new Members(with(required, name, shape), optional, condition);
        }

        Members takes(String name, JsonShape shape) {
            return new Members(required, with(optional, name, shape), condition);
        }

        private static Map<String, JsonShape> with(Map<String, JsonShape> before, String name, JsonShape shape) {
            Map<String, JsonShape> all = new LinkedHashMap<>(before);
            all.put(name, shape);
            return Map.copyOf(all);
        }

        /** What holds between members, after each was found right. */
        Members where(JsonShape between) {
            return new Members(required, optional, between);
        }

        @Override
        public void require(JsonNode value, String at, ReachablePlaces places) {
            expect(value.isObject(), at, "an object");
            for (String name : required.keySet()) {
                expect(value.has(name), at, "complete: '" + name + "' is missing");
            }
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                JsonShape shape = required.getOrDefault(member.getKey(), optional.get(member.getKey()));
                if (shape == null) {
                    throw new ForbiddenCommand(at + " must not have a member '" + member.getKey() + "'");
                }
                shape.require(member.getValue(), at + "." + member.getKey(), places);
            }
            condition.require(value, at, places);
        }
    }

    private static void expect(boolean holds, String at, String what) {
        if (!holds) {
            throw new ForbiddenCommand(at + " is not " + what);
        }
    }

    private static String string(JsonNode value, String at) {
        expect(value.isString() && value.stringValue().indexOf('\0') < 0, at, "text");
        return value.stringValue();
    }

    /**
     * QEMU takes a name that begins with a protocol ({@code nbd:}, {@code json:}) for one, but only where it has to guess the driver; with
     * the driver given, as here, an absolute path is a path. It must be one all the same for the places to judge it.
     */
    private static Path absolute(String text, String at) {
        try {
            Path path = Path.of(text);
            expect(path.isAbsolute() && path.normalize().toString().equals(text), at, "a plain absolute path");
            return path;
        } catch (InvalidPathException invalid) {
            throw new ForbiddenCommand(at + " is no path");
        }
    }
}
