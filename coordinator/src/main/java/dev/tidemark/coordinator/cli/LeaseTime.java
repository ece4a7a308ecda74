package dev.tidemark.coordinator.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** For how long something is lent, as in {@code 24h}. */
record LeaseTime(long seconds) {
    private static final Pattern SHAPE = Pattern.compile("([0-9]{1,9})([SMHD])");

    static LeaseTime parse(String text) {
        Matcher matcher = SHAPE.matcher(text.toUpperCase(Locale.ROOT));
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            long unit = switch (matcher.group(2)) {
                case "S" -> 1;
                case "M" -> 60;
                case "H" -> 3_600;
                default -> 86_400;
            };
            if (number > 0) {
                return new LeaseTime(number * unit);
            }
        }
        throw new TypeConversionException("'" + text + "' is not a time: 1 or more, with s, m, h or d behind it");
    }
}
