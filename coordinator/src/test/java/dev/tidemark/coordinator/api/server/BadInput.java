package dev.tidemark.coordinator.api.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The corpus of bad-input.md, as far as it goes for every route alike. */
final class BadInput {
    private BadInput() {}

    /** Bodies that no route takes. */
    static Map<String, byte[]> bodies(String good) {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("empty", "");
        texts.put("blank", "  \n");
        texts.put("null", "null");
        texts.put("list", "[]");
        texts.put("text", "\"x\"");
        texts.put("number", "1e400");
        texts.put("truncated", good.substring(0, good.length() - 1));
        texts.put("trailing garbage", good + "x");
        texts.put("two documents", good + good);
        texts.put("unknown member", "{\"unheard\":1" + (good.equals("{}") ? "}" : "," + good.substring(1)));
        texts.put("duplicate key", "{\"a\":1,\"a\":1}");
        texts.put("depth 65", "{\"a\":".repeat(65) + "1" + "}".repeat(65));
        texts.put("depth 100000", "[".repeat(100_000));
        texts.put("comment", "/* */" + good);
        texts.put("single quotes", "{'a':1}");
        texts.put("NaN", "{\"a\":NaN}");
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        texts.forEach((name, text) -> bodies.put(name, text.getBytes(StandardCharsets.UTF_8)));
        bodies.put("invalid UTF-8", new byte[] {'{', '"', (byte) 0xc3, (byte) 0x28, '"', ':', '1', '}'});
        bodies.put("NUL", new byte[] {'{', 0, '}'});
        return bodies;
    }

    /** Names that break their rule, as they would stand in a path. */
    static List<String> names() {
        List<String> names = new ArrayList<>(List.of(
                "%20",
                "a%20b", "%09", "a%0Ab", "%22", "..%2e", "%2e%2ea", "-begins", ".begins", "caf%C3%A9", "cafe%CC%81"));
        names.add("%E2%80%AEx");
        names.add("a".repeat(256));
        names.add("a".repeat(1024));
        names.add("%F0%9F%92%BE");
        return names;
    }
}
