package dev.tidemark.coordinator.evidence;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Heads of a book as a system log has kept them: among other lines, behind a date and a name, without those that it has thrown away.
 * Whoever can write into that log can write anything, so that each one is held against its signature; one that somebody else made is an
 * error, and not passed over.
 */
public final class LoggedHeads implements HeadSource {
    private final BufferedReader reader;
    private final Path path;
    private final Book book;
    private final VerificationKey key;
    private final String beginning;
    private @Nullable LogHead newest;
    private long number;

    public LoggedHeads(Path path, Book book, VerificationKey key) throws IOException {
        this.reader = Files.newBufferedReader(path, StandardCharsets.ISO_8859_1);
        this.path = path;
        this.book = book;
        this.key = key;
        this.beginning = "{\"format\":\"" + book.headFormat() + "\"";
    }

    /** Whether there is anything that looks like a head of the book. */
    public static boolean isAny(Path path, Book book) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(path, StandardCharsets.ISO_8859_1)) {
            return lines.lines().anyMatch(line -> line.contains("{\"format\":\"" + book.headFormat() + "\""));
        }
    }

    @Override
    public @Nullable LogHead next() throws IOException, BadEvidence {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            int begin = line.indexOf(beginning);
            if (begin < 0) {
                continue;
            }
            String place = path + ", line " + number;
            LogHead head = LogHead.parse(book, line.substring(begin).stripTrailing(), place);
            head.requireSignature(key, place);
            if (head.equals(newest)) {
                // Told again, for nobody knew whether it had been heard.
                continue;
            }
            requireToComeAfter(head, place);
            newest = head;
            return head;
        }
        return null;
    }

    private void requireToComeAfter(LogHead head, String place) throws BadEvidence {
        LogHead before = newest;
        if (before != null
                && (head.number() <= before.number()
                        || head.records() <= before.records()
                        || head.globalIndex() <= before.globalIndex())) {
            throw new BadEvidence(
                    place + ": head " + head.number() + " of " + head.at() + " comes after head " + before.number()
                            + " of " + before.at() + ". Where heads were begun anew, give the lines since then.",
                    null);
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
