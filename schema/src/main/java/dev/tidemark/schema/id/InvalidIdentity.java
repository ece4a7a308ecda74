package dev.tidemark.schema.id;

/** A name or id that breaks its rule. The message quotes the offending text with everything unprintable escaped. */
public final class InvalidIdentity extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN_CHARACTERS_MAX = 64;

    private final String kind;

    InvalidIdentity(String kind, String text, String rule) {
        super("'" + printable(text) + "' is not a valid " + kind + ": " + rule);
        this.kind = kind;
    }

    /** What was being named, for example {@code checkpoint name}. */
    public String kind() {
        return kind;
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        for (int index = 0; index < text.length() && index < SHOWN_CHARACTERS_MAX; index++) {
            char character = text.charAt(index);
            if (character >= ' ' && character < 0x7f) {
                shown.append(character);
            } else {
                shown.append(String.format("\\u%04x", (int) character));
            }
        }
        return text.length() > SHOWN_CHARACTERS_MAX ? shown + "…" : shown.toString();
    }
}
