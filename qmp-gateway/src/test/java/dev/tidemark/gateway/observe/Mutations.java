package dev.tidemark.gateway.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Spoils JSON: at one place, so that it can be said what became of it, or at any number of them, from a seed. */
final class Mutations {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final List<String> TEXTS = List.of(
            "",
            "\u0000",
            "tm-",
            "tm-tmp-01JBBBBBBBBBBBBBBBBBBBBBBB",
            "../../etc/passwd",
            "vda",
            "vdb",
            "\u202eadv",
            "/machine/peripheral/",
            "/machine/peripheral//",
            "x".repeat(70_000),
            "json:{",
            "\ud83d\udcbe");
    private static final List<String> NUMBERS = List.of(
            "0",
            "-1",
            "1",
            "3",
            "9007199254740993",
            "9223372036854775807",
            "9223372036854775808",
            "1.5",
            "1e30",
            "-0.0");

    private Mutations() {}

    /** A place in a document: the way there, and how to put something else there. */
    record Place(String path, JsonNode value, Holder holder) {
        /** The member's name, without the indexes of lists. */
        String pattern() {
            return path.replaceAll("\\[[0-9]+\\]", "[]");
        }
    }

    /** What holds a value: an object by a name, or a list by an index. */
    record Holder(JsonNode node, String name, int index) {
        void put(JsonNode value) {
            if (node instanceof ObjectNode object) {
                object.set(name, value);
            } else {
                ((ArrayNode) node).set(index, value);
            }
        }

        void remove() {
            if (node instanceof ObjectNode object) {
                object.remove(name);
            } else {
                ((ArrayNode) node).remove(index);
            }
        }
    }

    /** Every place below this one. */
    static List<Place> places(JsonNode root) {
        List<Place> places = new ArrayList<>();
        collect("", root, places);
        return places;
    }

    private static void collect(String path, JsonNode node, List<Place> places) {
        if (node instanceof ObjectNode object) {
            for (var member : object.properties()) {
                String at = path + "/" + member.getKey();
                places.add(new Place(at, member.getValue(), new Holder(object, member.getKey(), 0)));
                collect(at, member.getValue(), places);
            }
        } else if (node instanceof ArrayNode list) {
            for (int index = 0; index < list.size(); index++) {
                String at = path + "[" + index + "]";
                places.add(new Place(at, list.get(index), new Holder(list, "", index)));
                collect(at, list.get(index), places);
            }
        }
    }

    /** Values of other kinds than this one's; and numbers that are none of a size. */
    static List<JsonNode> ofOtherKinds(JsonNode value) {
        List<JsonNode> others = new ArrayList<>();
        for (String text : List.of("\"7\"", "7", "true", "[]", "{}")) {
            JsonNode other = MAPPER.readTree(text);
            if (other.getNodeType() != value.getNodeType()) {
                others.add(other);
            }
        }
        if (value.isNumber()) {
            others.add(MAPPER.readTree("1.5"));
            others.add(MAPPER.readTree("9223372036854775808"));
        }
        return others;
    }

    /** One to six changes of any kind. */
    static void spoil(JsonNode root, Random random) {
        int changes = 1 + random.nextInt(6);
        for (int change = 0; change < changes; change++) {
            List<Place> places = places(root);
            if (places.isEmpty()) {
                return;
            }
            Place place = places.get(random.nextInt(places.size()));
            Place other = places.get(random.nextInt(places.size()));
            switch (random.nextInt(8)) {
                case 0 -> place.holder().remove();
                case 1 -> place.holder().put(MAPPER.nullNode());
                case 2 -> place.holder().put(MAPPER.getNodeFactory().stringNode(any(TEXTS, random)));
                case 3 -> place.holder().put(MAPPER.readTree(any(NUMBERS, random)));
                case 4 -> place.holder().put(other.value().deepCopy());
                case 5 -> repeat(place, random);
                case 6 -> place.holder().put(MAPPER.readTree("[".repeat(40) + "]".repeat(40)));
                default -> swap(places, place, random);
            }
        }
    }

    private static <T> T any(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }

    private static void repeat(Place place, Random random) {
        if (place.value() instanceof ArrayNode list && !list.isEmpty()) {
            int times = 1 + random.nextInt(40);
            for (int time = 0; time < times; time++) {
                list.add(list.get(random.nextInt(list.size())).deepCopy());
            }
        }
    }

    /** With a value of the same name elsewhere: right kinds, wrong places. */
    private static void swap(List<Place> places, Place place, Random random) {
        String name = place.holder().name();
        Place other = any(
                places.stream().filter(one -> one.holder().name().equals(name)).toList(), random);
        place.holder().put(other.value().deepCopy());
    }
}
