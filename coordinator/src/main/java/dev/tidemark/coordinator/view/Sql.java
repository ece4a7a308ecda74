package dev.tidemark.coordinator.view;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One statement on a given connection, with our own types bound as PostgreSQL's. */
final class Sql {
    private Sql() {}

    /** Reads one row. */
    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Runs a change and tells how many rows it touched. */
    static int change(Connection connection, String text, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    static <T> List<T> list(Connection connection, String text, Reader<T> reader, @Nullable Object... values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            bind(statement, values);
            List<T> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(reader.read(rows));
                }
            }
            return found;
        }
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }

    private static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int index = 0; index < values.length; index++) {
            statement.setObject(index + 1, plain(statement.getConnection(), values[index]));
        }
    }

    private static @Nullable Object plain(Connection connection, @Nullable Object value) throws SQLException {
        return switch (value) {
            case null -> null;
            case Optional<?> optional -> plain(connection, optional.orElse(null));
            case OptionalLong number -> number.isPresent() ? (Object) number.getAsLong() : null;
            case Instant moment -> OffsetDateTime.ofInstant(moment, ZoneOffset.UTC);
            case Number number -> number;
            case Boolean bool -> bool;
            case Enum<?> constant -> constant.name();
            case Collection<?> texts ->
                connection.createArrayOf(
                        "text",
                        texts.stream()
                                .map(text -> text == null ? null : text.toString())
                                .toArray());
            // Names and ids: their text is what toString gives.
            default -> value.toString();
        };
    }
}
