package dev.tidemark.coordinator.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files in which the heads of a book lie, in their order: {@code heads.ndjson}, {@code heads.2.ndjson}, {@code heads.3.ndjson} … A part
 * that is long enough is left as it is and the next one begun. None is ever renamed, so that all of them may lie where files can be made
 * and appended to and nothing else.
 */
final class HeadParts {
    private static final String ENDING = ".ndjson";

    private final Path first;
    private final Pattern later;

    HeadParts(Path first) {
        this.first = first;
        this.later = Pattern.compile(Pattern.quote(stem()) + "\\.([1-9][0-9]{0,8})" + Pattern.quote(ending()));
    }

    /**
     * Those that are there, the first one first; none if nothing was signed yet.
     *
     * @throws BadEvidence if one in the middle is missing, or the first
     */
    List<Path> files() throws IOException, BadEvidence {
        List<Path> files = new ArrayList<>();
        if (Files.exists(first, LinkOption.NOFOLLOW_LINKS)) {
            files.add(first);
        }
        for (int number : numbers()) {
            if (number != files.size() + 1) {
                throw new BadEvidence(
                        numbered(files.size() + 1) + " is not there, and " + numbered(number)
                                + " goes on where it ends. Put it back; heads are kept together.",
                        null);
            }
            files.add(numbered(number));
        }
        return files;
    }

    private List<Integer> numbers() throws IOException {
        Path directory = first.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            return List.of();
        }
        TreeMap<Integer, Path> found = new TreeMap<>();
        try (Stream<Path> there = Files.list(directory)) {
            for (Path file : (Iterable<Path>) there::iterator) {
                Matcher name = later.matcher(String.valueOf(file.getFileName()));
                if (name.matches()) {
                    found.put(Integer.valueOf(name.group(1)), file);
                }
            }
        }
        return List.copyOf(found.keySet());
    }

    /** The first part has number 1. */
    Path numbered(int number) {
        return number == 1 ? first : first.resolveSibling(stem() + "." + number + ending());
    }

    private String stem() {
        String name = String.valueOf(first.getFileName());
        return name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
    }

    private String ending() {
        return String.valueOf(first.getFileName()).endsWith(ENDING) ? ENDING : "";
    }
}
