package dev.tidemark.coordinator.api.edge;

import java.util.regex.Pattern;

/** A query parameter that is a whole number from 0, in decimal; not {@code 0x10}, which Spring would take for an Integer. */
public record QueryNumber(String text) {
    private static final Pattern FORM = Pattern.compile("0|[1-9][0-9]{0,17}");

    public QueryNumber {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a whole number");
        }
    }

    public long value() {
        return Long.parseLong(text);
    }

    /** The number, if it lies in a range; else the parameter of this name is refused. */
    public int between(int least, int most, String name) {
        if (value() < least || value() > most) {
            throw Refusal.parameter(
                    name, "'" + name + "' is not " + least + " to " + most, "Choose a number within the limits.");
        }
        return (int) value();
    }
}
