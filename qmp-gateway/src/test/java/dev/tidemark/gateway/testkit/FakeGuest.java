package dev.tidemark.gateway.testkit;

import java.nio.file.Path;
import java.util.List;

/**
 * A guest with two file systems that exist in words only, and an agent that serves them well or badly. What it says goes over a real
 * socket; nothing of this host is ever frozen.
 */
public final class FakeGuest implements AutoCloseable {
    /** How its agent behaves. */
    public enum Manner {
        PROPER,
        /** Never answers. */
        SILENT,
        /** Answers with something that is no JSON. */
        GARBLED,
        /** Answers the synchronisations of others before ours. */
        LATE,
        REFUSES_TO_FREEZE,
        FREEZES_NOTHING,
        /** Freezes and does not say so. */
        FREEZES_WITHOUT_A_WORD,
        /** Freezes, says so, and is thawed a moment later, as Windows does after ten seconds. */
        THAWS_EARLY,
        /** One of two file systems thaws early. */
        THAWS_HALF_EARLY,
        /** Freezes, says so, and is never heard of again. */
        DIES_FROZEN,
        /** Says no to the first thaw. */
        THAWS_AT_THE_SECOND_TRY
    }

    private static final int FILE_SYSTEMS = 2;
    private static final String REFUSAL = "{\"error\": {\"class\": \"GenericError\", \"desc\": \"not now\"}}\n";

    private final FakeGuestAgent agent;
    private Manner manner = Manner.PROPER;
    private boolean says;
    private int frozen;
    private int freezes;
    private int thaws;
    private boolean refused;

    private FakeGuest(Path socket) {
        agent = FakeGuestAgent.answering(socket, this::answer);
    }

    public static FakeGuest on(Path socket) {
        return new FakeGuest(socket);
    }

    /** From now on. */
    public synchronized void behaves(Manner now) {
        manner = now;
        refused = false;
    }

    /** By another hand than ours. */
    public synchronized void freezeByHand() {
        frozen = FILE_SYSTEMS;
        says = true;
    }

    /** By the same. */
    public synchronized void thawByHand() {
        frozen = 0;
        says = false;
    }

    public synchronized boolean isFrozen() {
        return frozen > 0;
    }

    /** How often it was frozen on request. */
    public synchronized int freezes() {
        return freezes;
    }

    /** How often it was asked to thaw. */
    public synchronized int thaws() {
        return thaws;
    }

    public List<String> heard() {
        return agent.heard();
    }

    private synchronized String answer(String line) {
        if (manner == Manner.SILENT || (manner == Manner.DIES_FROZEN && frozen > 0)) {
            return "";
        }
        if (manner == Manner.GARBLED) {
            return "\u00ff{nonsense\n";
        }
        if (line.contains("guest-sync")) {
            return (manner == Manner.LATE ? "\u00ff{\"return\": 7}\n\u00ff{\"return\": 8}\n" : "")
                    + FakeGuestAgent.asQemuGaDoes(line, "");
        }
        if (line.contains("guest-fsfreeze-status")) {
            return "{\"return\": \"" + (says ? "frozen" : "thawed") + "\"}\n";
        }
        if (line.contains("guest-fsfreeze-freeze")) {
            return frozen();
        }
        if (line.contains("guest-fsfreeze-thaw")) {
            return thawed();
        }
        return REFUSAL;
    }

    private String frozen() {
        if (manner == Manner.REFUSES_TO_FREEZE || says) {
            return REFUSAL;
        }
        if (manner == Manner.FREEZES_NOTHING) {
            return "{\"return\": 0}\n";
        }
        freezes++;
        says = true;
        frozen = switch (manner) {
            case THAWS_EARLY -> 0;
            case THAWS_HALF_EARLY -> 1;
            default -> FILE_SYSTEMS;
        };
        if (manner == Manner.FREEZES_WITHOUT_A_WORD) {
            return "";
        }
        return "{\"return\": " + FILE_SYSTEMS + "}\n";
    }

    private String thawed() {
        thaws++;
        if (manner == Manner.THAWS_AT_THE_SECOND_TRY && !refused) {
            refused = true;
            return REFUSAL;
        }
        int were = frozen;
        frozen = 0;
        says = false;
        return "{\"return\": " + were + "}\n";
    }

    @Override
    public void close() {
        agent.close();
    }
}
