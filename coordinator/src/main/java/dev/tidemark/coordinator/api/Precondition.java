package dev.tidemark.coordinator.api;

import java.util.Set;

/** What has to be so of a machine for a command to be decided on at all. */
public sealed interface Precondition {
    /** Nothing: the command is decided on as the machine is. */
    Precondition NONE = new Anything();

    /** Whether a machine that is so is as expected. */
    boolean admits(MachineVersion now);

    /** However it is. */
    record Anything() implements Precondition {
        @Override
        public boolean admits(MachineVersion now) {
            return true;
        }
    }

    /** It has a log. */
    record Known() implements Precondition {
        @Override
        public boolean admits(MachineVersion now) {
            return now.version() > 0;
        }
    }

    /** It is at one of these versions; none of them is a precondition too, which nothing meets. */
    record OneOf(Set<MachineVersion> expected) implements Precondition {
        public OneOf {
            expected = Set.copyOf(expected);
        }

        @Override
        public boolean admits(MachineVersion now) {
            return expected.contains(now);
        }
    }
}
