import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** As much of JSON as this needs; a member that is missing or null is an empty text, 0 or an empty list. */
record Json(Object value) {
    static Json read(String text) {
        return new Json(new Reader(text).whole());
    }

    Json get(String member) {
        return new Json(value instanceof Map<?, ?> members ? members.get(member) : null);
    }

    String text(String member) {
        return get(member).value() instanceof String text ? text : "";
    }

    long number(String member) {
        return get(member).value() instanceof Number number ? number.longValue() : 0;
    }

    List<Json> items() {
        return value instanceof List<?> list ? list.stream().map(item -> new Json(item)).toList() : List.of();
    }

    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char character : text.toCharArray()) {
            if (character == '"' || character == '\\') {
                quoted.append('\\').append(character);
            } else if (character < ' ') {
                quoted.append(String.format("\\u%04x", (int) character));
            } else {
                quoted.append(character);
            }
        }
        return quoted.append('"').toString();
    }

    private static final class Reader {
        private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        /** What is no JSON is nothing: a proxy's error page has no members. */
        Object whole() {
            try {
                return value();
            } catch (IllegalStateException | IndexOutOfBoundsException | NumberFormatException notJson) {
                return null;
            }
        }

        private Object value() {
            return switch (next()) {
                case '{' -> object();
                case '[' -> array();
                case '"' -> string();
                case 't' -> word("true", true);
                case 'f' -> word("false", false);
                case 'n' -> word("null", null);
                default -> number();
            };
        }

        private char next() {
            while (Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return text.charAt(at);
        }

        private boolean took(char wanted) {
            if (next() == wanted) {
                at++;
                return true;
            }
            return false;
        }

        private void take(char wanted) {
            if (!took(wanted)) {
                throw new IllegalStateException("no '" + wanted + "' at " + at);
            }
        }

        private Map<String, Object> object() {
            Map<String, Object> members = new LinkedHashMap<>();
            take('{');
            if (!took('}')) {
                do {
                    next();
                    String name = string();
                    take(':');
                    members.put(name, value());
                } while (took(','));
                take('}');
            }
            return members;
        }

        private List<Object> array() {
            List<Object> items = new ArrayList<>();
            take('[');
            if (!took(']')) {
                do {
                    items.add(value());
                } while (took(','));
                take(']');
            }
            return items;
        }

        private Object word(String word, Object meaning) {
            if (!text.startsWith(word, at)) {
                throw new IllegalStateException("no " + word + " at " + at);
            }
            at += word.length();
            return meaning;
        }

        private Number number() {
            var matcher = NUMBER.matcher(text).region(at, text.length());
            if (!matcher.lookingAt()) {
                throw new IllegalStateException("no value at " + at);
            }
            at = matcher.end();
            return matcher.group(1) == null && matcher.group(2) == null
                    ? (Number) Long.valueOf(matcher.group())
                    : (Number) Double.valueOf(matcher.group());
        }

        private String string() {
            take('"');
            StringBuilder string = new StringBuilder();
            for (char character = text.charAt(at++); character != '"'; character = text.charAt(at++)) {
                string.append(character == '\\' ? escaped() : character);
            }
            return string.toString();
        }

        private char escaped() {
            char escape = text.charAt(at++);
            return switch (escape) {
                case 'n' -> '\n';
                case 't' -> '\t';
                case 'r' -> '\r';
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'u' -> {
                    at += 4;
                    yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
                }
                default -> escape;
            };
        }
    }
}
