package dev.tidemark.coordinator.security;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The machines that a caller can reach, by a pattern of their names in which {@code *} stands for any characters, by a label that they
 * have, or by both: {@code web-*}, {@code env=prod}, {@code web-*,env=prod}. Others are not there for the caller.
 *
 * <p>A version that knows no labels takes the text of such a scope for none at all, and its credential for nobody's.
 */
public record Scope(String pattern, Optional<Label> label) {
    /** What a name is made of, and stars. */
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.*-]{1,255}");

    /** Every machine. Below the form, which it is held against. */
    public static final Scope ALL = new Scope("*");

    public Scope {
        if (!FORM.matcher(pattern).matches()) {
            throw new IllegalArgumentException("not a pattern of machine names");
        }
    }

    /** The scope that is written so. */
    public Scope(String text) {
        this(read(text));
    }

    private Scope(Scope same) {
        this(same.pattern, same.label);
    }

    public static boolean isWellFormed(String text) {
        return parse(text).isPresent();
    }

    private static Scope read(String text) {
        return parse(text)
                .orElseThrow(() -> new IllegalArgumentException("neither a pattern of machine names nor a label"));
    }

    private static Optional<Scope> parse(String text) {
        int comma = text.indexOf(',');
        if (comma < 0 && text.indexOf('=') < 0) {
            return Optional.of(text)
                    .filter(pattern -> FORM.matcher(pattern).matches())
                    .map(pattern -> new Scope(pattern, Optional.empty()));
        }
        String pattern = comma < 0 ? "*" : text.substring(0, comma);
        return Label.parse(text.substring(comma + 1))
                .filter(_ -> FORM.matcher(pattern).matches())
                .map(label -> new Scope(pattern, Optional.of(label)));
    }

    /** As it is written. */
    public String text() {
        return label.map(known -> (pattern.equals("*") ? "" : pattern + ",") + known)
                .orElse(pattern);
    }

    /** Whether a name is one of these; which machines have the label, is asked elsewhere. */
    public boolean includes(String machine) {
        // Not the expression: many stars would make Java's matcher try all ways of sharing the name out among them.
        int star = -1;
        int resume = 0;
        int at = 0;
        int character = 0;
        while (character < machine.length()) {
            boolean more = at < pattern.length();
            if (more && pattern.charAt(at) == '*') {
                star = at++;
                resume = character;
            } else if (more && pattern.charAt(at) == machine.charAt(character)) {
                at++;
                character++;
            } else if (star >= 0) {
                at = star + 1;
                character = ++resume;
            } else {
                return false;
            }
        }
        return pattern.chars().skip(at).allMatch(left -> left == '*');
    }

    public boolean isAll() {
        return pattern.equals("*") && label.isEmpty();
    }

    /** The same for {@code tidemark.is_reached} in the database: a regular expression, and the label; empty if it leaves nobody out. */
    public Optional<String> restriction() {
        return isAll()
                ? Optional.empty()
                : Optional.of(expression() + label.map(known -> " " + known).orElse(""));
    }

    private String expression() {
        return "^" + pattern.replace(".", "\\.").replaceAll("\\*+", ".*") + "$";
    }
}
