package dev.tidemark.coordinator.security;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What somebody says about a machine in two words, as {@code env=prod}, so that credentials can be given for all that it is said of. */
public record Label(String key, String value) {
    private static final String KEY = "[A-Za-z0-9][A-Za-z0-9_./-]{0,62}";
    private static final String VALUE = "[A-Za-z0-9][A-Za-z0-9_.-]{0,62}";
    private static final Pattern KEY_FORM = Pattern.compile(KEY);
    private static final Pattern VALUE_FORM = Pattern.compile(VALUE);
    private static final Pattern FORM = Pattern.compile("(" + KEY + ")=(" + VALUE + ")");

    public Label {
        if (!isWellFormed(key, value)) {
            throw new IllegalArgumentException("not a label");
        }
    }

    /** Whether these two words make a label. */
    public static boolean isWellFormed(String key, String value) {
        return KEY_FORM.matcher(key).matches() && VALUE_FORM.matcher(value).matches();
    }

    /** The label that is written so; empty if it is none. */
    public static Optional<Label> parse(String text) {
        Matcher words = FORM.matcher(text);
        return words.matches() ? Optional.of(new Label(words.group(1), words.group(2))) : Optional.empty();
    }

    @Override
    public String toString() {
        return key + "=" + value;
    }
}
