package dev.tidemark.coordinator.cli.show;

import java.util.ArrayList;
import java.util.List;

/** Names and values, one below the other; a value that does not fit beside its name goes below it. */
public final class Fields implements Block {
    private static final int GAP = 2;
    private static final int VALUE_WIDTH_MIN = 8;

    private record Field(String name, String value) {}

    private final List<Field> fields = new ArrayList<>();

    public Fields field(String name, String value) {
        fields.add(new Field(name, value));
        return this;
    }

    /** A field that is left out when there is nothing to say. */
    public Fields fieldIfAny(String name, String value) {
        return value.equals(Cell.NOTHING) ? this : field(name, value);
    }

    @Override
    public void render(int width, List<String> lines) {
        int nameWidth = 0;
        for (Field field : fields) {
            nameWidth = Math.max(nameWidth, Text.length(field.name()));
        }
        int valueWidth = width - nameWidth - GAP;
        for (Field field : fields) {
            if (valueWidth < VALUE_WIDTH_MIN) {
                lines.addAll(Text.wrapped(field.name(), Math.max(1, width)));
                for (String part : Text.wrapped(field.value(), Math.max(1, width - GAP))) {
                    lines.add(" ".repeat(GAP) + part);
                }
                continue;
            }
            String lead = Text.padded(field.name(), nameWidth + GAP);
            for (String part : Text.wrapped(field.value(), valueWidth)) {
                lines.add((lead + part).stripTrailing());
                lead = " ".repeat(nameWidth + GAP);
            }
        }
    }
}
