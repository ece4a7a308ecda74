package dev.tidemark.coordinator.dashboard;

import java.util.List;
import java.util.Optional;

/**
 * Log against QEMU, line by line.
 *
 * @param version of the log
 * @param seen whether QEMU was seen at all; if not, every observed side is empty and every verdict is {@code NOT_SEEN}
 * @param pending the operation under way, which may explain a difference
 */
public record Comparison(long version, boolean seen, Optional<String> pending, List<Side> disks, List<Line> others) {
    /** Both sides of one disk. */
    public record Side(String disk, List<Line> lines) {
        public Side {
            lines = List.copyOf(lines);
        }

        /** Whether all of it was seen to be as the log wants it. */
        public boolean isAllTheSame() {
            return lines.stream().allMatch(line -> line.verdict() == Verdict.SAME);
        }

        /** In words, before anybody looks closer. */
        public String summary() {
            if (isAllTheSame()) {
                return "= all " + lines.size() + " as the log wants it"
                        + (lines.stream().noneMatch(line -> line.what().equals("bitmap"))
                                ? ", which knows of no bitmap that could be used"
                                : "");
            }
            long differing = lines.stream()
                    .filter(line -> line.verdict() == Verdict.DIFFERS)
                    .count();
            if (differing > 0) {
                return "≠ " + differing + " of " + lines.size() + " differ";
            }
            return lines.stream().anyMatch(line -> line.verdict() == Verdict.NOT_SEEN)
                    ? "? not seen"
                    : "= as the log wants it, beside what is not ours";
        }
    }

    /** One thing: what the log wants, what was seen, and whether that is the same. */
    public record Line(
            String what, Optional<String> name, Optional<String> desired, Optional<String> observed, Verdict verdict) {}

    /** What a line comes to. */
    public enum Verdict {
        /** Both say the same. */
        SAME,
        /** They do not. */
        DIFFERS,
        /** The log neither wants it nor made it. */
        NOT_OURS,
        /** Nobody knows what QEMU holds. */
        NOT_SEEN
    }

    public Comparison {
        disks = List.copyOf(disks);
        others = List.copyOf(others);
    }
}
