package dev.tidemark.coordinator.ledger;

import dev.tidemark.coordinator.evidence.Book;

/**
 * Where a book lies.
 *
 * @param table to which is appended
 * @param place the column of the table that gives the order
 * @param records the table's rows, in the columns of the log
 */
record StoredBook(String table, String place, String records) {
    /** The log, of which the records are the table itself. */
    static final StoredBook LOG =
            new StoredBook("tidemark.domain_event_entry", "global_index", "tidemark.domain_event_entry");

    static StoredBook of(Book book) {
        return switch (book) {
            case LOG -> LOG;
            case ACTS -> new StoredBook("tidemark.act_entry", "number", "tidemark.act_record");
            case TOKENS -> new StoredBook("tidemark.api_token_entry", "number", "tidemark.token_record");
        };
    }
}
