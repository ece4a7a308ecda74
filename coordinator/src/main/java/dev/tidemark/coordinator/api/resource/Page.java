package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.edge.Cursor;
import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.view.Row;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param next the cursor of the next page; null if this is the last
 */
record Page<T>(List<T> items, @Nullable String next) {
    static final int LENGTH_MAX = 1_000;
    static final Pattern VERSION = Pattern.compile("0|[1-9][0-9]{0,17}");
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}");

    /**
     * Which part is asked for.
     *
     * @param list the list with all that selects its entries: a cursor of another one is none of this
     */
    record Wish(String list, int length, Optional<String> position) {
        static Wish of(String list, QueryNumber limit, Optional<String> after, Pattern form) {
            return new Wish(list, limit.between(1, LENGTH_MAX, "limit"), Cursor.position(list, after, form));
        }

        /** One more than fits tells whether there is a next page. */
        int limit() {
            return length + 1;
        }

        long version(long otherwise) {
            return position.map(Long::parseLong).orElse(otherwise);
        }
    }

    /** What was read with {@link Wish#limit}. */
    static <V, T> Page<T> of(Wish wish, List<Row<V>> rows, Function<V, T> shown) {
        boolean more = rows.size() > wish.length();
        List<Row<V>> here = more ? rows.subList(0, wish.length()) : rows;
        return new Page<>(
                here.stream().map(Row::value).map(shown).toList(),
                more ? Cursor.of(wish.list(), here.getLast().position()) : null);
    }
}
