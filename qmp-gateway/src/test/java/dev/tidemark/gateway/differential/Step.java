package dev.tidemark.gateway.differential;

import dev.tidemark.gateway.model.ModelAction;
import java.util.List;
import java.util.Optional;

/** One thing that is said or done to both sides. Each stands for itself, so that any may be left out of a sequence. */
sealed interface Step {
    /** An empty image file, if nobody has it open. */
    record CreateImage(String file, int cells) implements Step {}

    record OpenImage(String node, String file, boolean readOnly, Optional<String> backing) implements Step {}

    record OpenNull(String node, int cells, boolean broken) implements Step {}

    record OpenPart(String node, String below, int offset, int cells) implements Step {}

    record OpenFilter(String node, String below) implements Step {}

    record Close(String node) implements Step {}

    record Reopen(String node, boolean readOnly) implements Step {}

    /** One command outside a transaction. */
    record Alone(ModelAction action) implements Step {}

    record Transact(List<ModelAction> actions) implements Step {
        public Transact {
            actions = List.copyOf(actions);
        }
    }

    record Resize(String node, int cells) implements Step {}

    record AddExport(String id, String node, boolean writable, List<String> bitmaps) implements Step {
        public AddExport {
            bitmaps = List.copyOf(bitmaps);
        }
    }

    record EndExport(String id) implements Step {}

    enum Input {
        WRITE,
        ZERO,
        DISCARD
    }

    /** What a guest does through an export. */
    record Guest(Input input, String export, int first, int cells, int value) implements Step {}

    /** Lets a job run to its end. */
    record FinishJob(String job) implements Step {}

    record CancelJob(String job) implements Step {}

    record DismissJob(String job) implements Step {}

    enum Ending {
        QUIT,
        QUIT_WITHOUT_ROOM,
        KILL
    }

    /** The process ends and another starts, in which nothing is open. In between a file may be set aside, or put back. */
    record Restart(Ending ending, Optional<String> aside, Optional<String> back) implements Step {}
}
