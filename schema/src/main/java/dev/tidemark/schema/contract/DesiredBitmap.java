package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.BitmapName;
import java.util.OptionalLong;

/**
 * One bitmap of a chain; granularity in bytes.
 *
 * @param dirtyBytesMin it never marks less than that, as long as nobody cut, cleared or re-made it
 */
public record DesiredBitmap(BitmapName name, boolean recording, long granularity, OptionalLong dirtyBytesMin) {
    /** A bitmap of which nobody knows how much it has to mark. */
    public DesiredBitmap(BitmapName name, boolean recording, long granularity) {
        this(name, recording, granularity, OptionalLong.empty());
    }
}
