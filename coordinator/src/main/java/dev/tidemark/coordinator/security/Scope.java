package dev.tidemark.coordinator.security;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The machines that a caller can reach, by a pattern of their names in which {@code *} stands for any characters. Others are not there
 * for the caller.
 */
public record Scope(String pattern) {
    /** What a name is made of, and stars. */
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.*-]{1,255}");

    /** Every machine. Below the form, which it is held against. */
    public static final Scope ALL = new Scope("*");

    public Scope {
        if (!isWellFormed(pattern)) {
            throw new IllegalArgumentException("not a pattern of machine names");
        }
    }

    public static boolean isWellFormed(String pattern) {
        return FORM.matcher(pattern).matches();
    }

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
        return pattern.equals(ALL.pattern);
    }

    /** The same as a regular expression for PostgreSQL; empty if it leaves nobody out. */
    public Optional<String> restriction() {
        return isAll() ? Optional.empty() : Optional.of(expression());
    }

    private String expression() {
        return "^" + pattern.replace(".", "\\.").replaceAll("\\*+", ".*") + "$";
    }
}
