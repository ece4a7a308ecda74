package dev.tidemark.coordinator.cli;

import dev.tidemark.schema.id.InvalidIdentity;
import dev.tidemark.schema.id.RepositoryName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.TypeConversionException;

/** A repository and the file that holds a key of it; there may be several of one repository, so that it is no map. */
record RepositoryKey(RepositoryName repository, Path file) {
    static RepositoryKey parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1 || equals == text.length() - 1) {
            throw new TypeConversionException("it takes REPOSITORY=FILE");
        }
        try {
            return new RepositoryKey(
                    new RepositoryName(text.substring(0, equals)), Arguments.absolute(text.substring(equals + 1)));
        } catch (InvalidIdentity | InvalidPathException invalid) {
            throw Arguments.rejected(String.valueOf(invalid.getMessage()), invalid);
        }
    }
}
