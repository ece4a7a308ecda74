package dev.tidemark.coordinator.view;

import dev.tidemark.coordinator.view.AuditQuestions.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What has to hold of a row of an answer to auditors, with the values for its question marks. */
final class AuditConditions {
    private final List<String> parts = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    AuditConditions always(String condition) {
        parts.add(condition);
        return this;
    }

    AuditConditions add(String condition, Object... these) {
        parts.add(condition);
        values.addAll(List.of(these));
        return this;
    }

    /** If there is a value; it stands for each of so many question marks. */
    AuditConditions when(Optional<?> value, String condition, int marks) {
        value.ifPresent(given -> {
            parts.add(condition);
            for (int mark = 0; mark < marks; mark++) {
                values.add(given);
            }
        });
        return this;
    }

    /** Whose it is: a whole name is looked up, and only one with stars has to be held against all. */
    AuditConditions caller(AuditFilter filter) {
        filter.caller().ifPresent(name -> {
            if (name.indexOf('*') < 0) {
                add("caller = ?", name);
            } else {
                add("caller LIKE ?", pattern(name));
            }
        });
        return this;
    }

    /** The moment alone finds the place in an index; the pair then tells the rows that share it apart. */
    AuditConditions behind(Optional<AuditPlace> after, Order order) {
        after.ifPresent(place -> {
            add("at " + order.beyond() + "= ?", place.at());
            add("(at, place COLLATE \"C\") " + order.beyond() + " (?, ?)", place.at(), place.place());
        });
        return this;
    }

    String text() {
        return parts.isEmpty() ? "" : " WHERE " + String.join(" AND ", parts);
    }

    @Nullable
    Object[] with(int limit) {
        List<Object> all = new ArrayList<>(values);
        all.add(limit);
        return all.toArray();
    }

    /** A star is the only letter that stands for others. */
    static String pattern(String text) {
        return text.replace("\\", "\\\\")
                .replace("%", "\\%")
                .replace("_", "\\_")
                .replace('*', '%');
    }
}
