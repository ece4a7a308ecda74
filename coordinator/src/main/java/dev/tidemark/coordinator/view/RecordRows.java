package dev.tidemark.coordinator.view;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows into records whose members are named as the columns are: {@code vmId} is read from {@code vm_id}. Texts, whole numbers and
 * moments only; a record that has anything else is refused before a row is read.
 */
final class RecordRows {
    private RecordRows() {}

    static <T extends Record> Sql.Reader<T> of(Class<T> shape) {
        List<Member> members = Arrays.stream(shape.getRecordComponents())
                .map(RecordRows::member)
                .toList();
        Constructor<T> constructor = constructor(shape);
        return row -> {
            @Nullable Object[] values = new @Nullable Object[members.size()];
            for (int index = 0; index < values.length; index++) {
                values[index] = members.get(index).read(row);
            }
            return made(constructor, values);
        };
    }

    /** Reads one column. */
    private interface Member {
        @Nullable
        Object read(ResultSet row) throws SQLException;
    }

    private static Member member(RecordComponent member) {
        String column = member.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        Class<?> type = member.getType();
        if (type == String.class) {
            return row -> row.getString(column);
        }
        if (type == Instant.class) {
            return row -> Sql.instant(row, column);
        }
        if (type == Long.class) {
            return row -> row.getObject(column, Long.class);
        }
        if (type == long.class) {
            return row -> present(row, column);
        }
        throw new IllegalArgumentException(member + " is neither text nor number nor moment");
    }

    /** Null is no number: it would be read as 0. */
    private static long present(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        if (row.wasNull()) {
            throw new SQLException(column + " is null");
        }
        return value;
    }

    private static <T extends Record> Constructor<T> constructor(Class<T> shape) {
        try {
            return shape.getDeclaredConstructor(Arrays.stream(shape.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new));
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException("every record can be made of its members", impossible);
        }
    }

    private static <T> T made(Constructor<T> constructor, @Nullable Object[] values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException refused) {
            throw new IllegalStateException(constructor + " refused a row: " + refused.getCause(), refused);
        } catch (InstantiationException | IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
