package dev.tidemark.schema.id;

/**
 * The two shapes of identity. Only ASCII is let through, so that look-alike letters, two normal forms of one name,
 * direction overrides and NUL (which QEMU accepts in a bitmap name) cannot make two things look like one.
 */
final class Rule {
    /** Longest name, in characters; all are ASCII, so also in bytes. */
    static final int NAME_LENGTH_MAX = 255;

    private static final String NAME_RULE = "1 to 255 of A-Z a-z 0-9 _ . -, beginning with a letter, digit or _";
    private static final String ULID_RULE = "a ULID is 26 characters of 0-9 A-H J K M N P-T V-Z, beginning with 0 to 7";

    private Rule() {}

    static String name(String kind, String text) {
        if (text.isEmpty() || text.length() > NAME_LENGTH_MAX || !isWordCharacter(text.charAt(0))) {
            throw new InvalidIdentity(kind, text, NAME_RULE);
        }
        for (int index = 1; index < text.length(); index++) {
            char character = text.charAt(index);
            if (!isWordCharacter(character) && character != '.' && character != '-') {
                throw new InvalidIdentity(kind, text, NAME_RULE);
            }
        }
        return text;
    }

    static void ulid(String kind, String text) {
        ulid(kind, text, 0);
    }

    /** The rest of the text, from there. */
    static void ulid(String kind, String text, int from) {
        if (!Ulid.isWellFormed(text, from)) {
            throw new InvalidIdentity(kind, text.substring(from), ULID_RULE);
        }
    }

    private static boolean isWordCharacter(char character) {
        return (character >= 'A' && character <= 'Z')
                || (character >= 'a' && character <= 'z')
                || (character >= '0' && character <= '9')
                || character == '_';
    }
}
