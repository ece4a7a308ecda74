package dev.tidemark.coordinator.cli.client;

import java.util.Optional;

/**
 * How something has to be for a request to be carried out.
 *
 * @param tag the entity tag that it has to have, with its quotes; empty if it may be as it likes
 */
public record Expected(Optional<String> tag) {
    /** However it is. */
    public static final Expected NOTHING = new Expected(Optional.empty());

    /** It has this tag. */
    public static Expected tag(String tag) {
        return new Expected(Optional.of(tag));
    }
}
