package dev.tidemark.coordinator.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes, as in {@code 4G}; units are powers of 1024, as everywhere in QEMU. */
record ByteSize(long bytes) {
    private static final Pattern SHAPE = Pattern.compile("([0-9]{1,19})([KMGT]?)(I?B)?");
    private static final String UNITS = "KMGT";

    static ByteSize parse(String text) {
        return new ByteSize(parse(text, "bytes"));
    }

    /** For whatever is counted in bytes; {@code noun} is what complaints call it. */
    static long parse(String text, String noun) {
        Matcher matcher = SHAPE.matcher(text.toUpperCase(Locale.ROOT));
        if (matcher.matches()) {
            int power = matcher.group(2).isEmpty() ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
            try {
                long bytes = Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * power));
                if (bytes > 0) {
                    return bytes;
                }
            } catch (ArithmeticException | NumberFormatException tooLarge) {
                throw Arguments.rejected("'" + text + "' is more than 2^63 - 1 " + noun, tooLarge);
            }
        }
        throw new TypeConversionException(
                "'" + text + "' is not a number of " + noun + ": 1 or more, with K, M, G or T behind it if need be");
    }
}
