package dev.tidemark.coordinator.api.edge;

import java.util.regex.Pattern;
import org.springframework.core.convert.converter.Converter;
import org.springframework.format.FormatterRegistry;

/** Query parameters are read as JSON would be: {@code true}, not {@code yes}; {@code 10}, not {@code 0xA}. */
public final class StrictText {
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");

    private StrictText() {}

    public static void register(FormatterRegistry registry) {
        registry.addConverter(String.class, Boolean.class, (Converter<String, Boolean>) StrictText::truth);
        registry.addConverter(
                String.class, Integer.class, (Converter<String, Integer>) text -> Math.toIntExact(number(text)));
        registry.addConverter(String.class, Long.class, (Converter<String, Long>) StrictText::number);
    }

    private static Boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private static Long number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("not a whole number");
        }
        return Long.valueOf(text);
    }
}
