package dev.tidemark.gateway.act.repository;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** Turns an exception of the file system into words: some of Java's carry nothing but the path. */
final class FileFault {
    private FileFault() {}

    static String describe(IOException fault) {
        if (fault instanceof FileSystemException exception && exception.getReason() == null) {
            String kind = fault.getClass()
                    .getSimpleName()
                    .replace("Exception", "")
                    .replaceAll("([a-z])([A-Z])", "$1 $2")
                    .toLowerCase(Locale.ROOT);
            return kind + ": " + exception.getFile();
        }
        return String.valueOf(fault.getMessage());
    }
}
