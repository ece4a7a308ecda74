package dev.tidemark.coordinator.cli;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** A backup (or an operation) by its ULID or the beginning of it. Small letters are taken as capital ones. */
record BackupReference(String value) {
    private static final Pattern SHAPE = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Z]{5,25}");

    static BackupReference parse(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        if (!SHAPE.matcher(upper).matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is not a backup id: a ULID, or its first 6 to 25 characters");
        }
        return new BackupReference(upper);
    }
}
