package dev.tidemark.coordinator.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** Bytes per second, as in {@code 10M}; units are powers of 1024, as everywhere in QEMU. */
record ByteRate(long bytesPerSecond) {
    private static final Pattern SHAPE = Pattern.compile("([0-9]{1,19})([KMGT]?)(I?B)?");
    private static final String UNITS = "KMGT";

    static ByteRate parse(String text) {
        Matcher matcher = SHAPE.matcher(text.toUpperCase(Locale.ROOT));
        if (matcher.matches()) {
            int power = matcher.group(2).isEmpty() ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
            try {
                long rate = Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * power));
                if (rate > 0) {
                    return new ByteRate(rate);
                }
            } catch (ArithmeticException | NumberFormatException tooLarge) {
                throw Arguments.rejected("'" + text + "' is more than 2^63 - 1 bytes per second", tooLarge);
            }
        }
        throw new TypeConversionException("'" + text
                + "' is not a number of bytes per second: 1 or more, with K, M, G or T behind it if need be");
    }
}
