package dev.tidemark.gateway.qmp;

import java.time.Duration;

/**
 * What a session puts up with. Every bound exists because a peer without it could hold memory or a thread for ever.
 *
 * @param greetingTimeout from the start of connect(2) to the whole greeting. A second client of a socket connects and
 *     is never greeted, and a third may hang in connect(2) itself (qemu-facts §1)
 * @param negotiationTimeout for the answer to {@code qmp_capabilities}
 * @param messageBytesMax the longest line accepted from QEMU, in bytes
 * @param nestingMax the deepest JSON nesting accepted from QEMU; each layer of a backing chain in {@code query-block}
 *     takes one
 * @param commandBytesWarn a longer command, in bytes, is logged: QEMU reads its input one byte per recvmsg(2), at about
 *     235 KiB/s (qemu-facts §1)
 * @param commandBytesMax a longer command, in bytes, is not sent: it would hold the monitor for more than 16 s
 * @param outstandingMax commands that wait for an answer, those that timed out included
 * @param eventQueueMax events kept for a slow consumer; beyond, the oldest is dropped and counted
 */
public record QmpLimits(
        Duration greetingTimeout,
        Duration negotiationTimeout,
        int messageBytesMax,
        int nestingMax,
        int commandBytesWarn,
        int commandBytesMax,
        int outstandingMax,
        int eventQueueMax) {

    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    public QmpLimits {
        requirePositive(greetingTimeout, "greetingTimeout");
        requirePositive(negotiationTimeout, "negotiationTimeout");
        requireAtLeast(messageBytesMax, 256, "messageBytesMax");
        requireAtLeast(nestingMax, 8, "nestingMax");
        requireAtLeast(commandBytesWarn, 1, "commandBytesWarn");
        requireAtLeast(commandBytesMax, 256, "commandBytesMax");
        requireAtLeast(outstandingMax, 1, "outstandingMax");
        requireAtLeast(eventQueueMax, 1, "eventQueueMax");
    }

    /** Five seconds to greet, ten to negotiate (a drain may hold the monitor for 3 s), 16 MiB in, 4 MiB out. */
    public static QmpLimits defaults() {
        return new QmpLimits(
                Duration.ofSeconds(5), Duration.ofSeconds(10), 16 * MIB, 512, 64 * KIB, 4 * MIB, 1024, 4096);
    }

    /** These limits with other time-outs for the start of a session. */
    public QmpLimits withTimeouts(Duration greeting, Duration negotiation) {
        return new QmpLimits(
                greeting,
                negotiation,
                messageBytesMax,
                nestingMax,
                commandBytesWarn,
                commandBytesMax,
                outstandingMax,
                eventQueueMax);
    }

    /** These limits with another longest line from QEMU, in bytes. */
    public QmpLimits withMessageBytesMax(int bytes) {
        return new QmpLimits(
                greetingTimeout,
                negotiationTimeout,
                bytes,
                nestingMax,
                commandBytesWarn,
                commandBytesMax,
                outstandingMax,
                eventQueueMax);
    }

    /** These limits with another bound on unanswered commands. */
    public QmpLimits withOutstandingMax(int commands) {
        return new QmpLimits(
                greetingTimeout,
                negotiationTimeout,
                messageBytesMax,
                nestingMax,
                commandBytesWarn,
                commandBytesMax,
                commands,
                eventQueueMax);
    }

    private static void requirePositive(Duration value, String name) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + " must be positive, is " + value);
        }
    }

    private static void requireAtLeast(int value, int least, String name) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", is " + value);
        }
    }
}
