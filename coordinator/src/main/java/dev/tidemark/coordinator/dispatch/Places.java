package dev.tidemark.coordinator.dispatch;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;
import java.util.Set;

/**
 * The places on hosts and in repositories, counted for all coordinators together. A place is its job's, and not the coordinator's that
 * asked for it: it is kept until the log says that the job has ended, whoever lives until then.
 */
@FunctionalInterface
public interface Places {
    /** For a coordinator without others: what it counts itself is all that there is. */
    Places UNSHARED = (host, limits, wishes) -> {
        throw new IllegalStateException("nobody else is to be asked");
    };

    /** Gives what there is to jobs of a host, in their order; one that has a place keeps it. */
    Answer take(HostName host, JobLimits limits, List<Wish> wishes);

    /** How a job stands, as far as the coordinator that asks for it knows. */
    enum Standing {
        /** It may begin if there is a place. */
        COULD_BEGIN,
        /** It is at work, and has a place whatever the limit. */
        AT_WORK,
        /** It waits, unless another coordinator has given it a place. */
        WAITS
    }

    /** What is asked for one job; the description is for people. */
    record Wish(
            OperationId operation,
            MachineId machine,
            RepositoryName repository,
            Standing standing,
            String description) {}

    /**
     * Who has a place.
     *
     * @param version of the machine's log when it was seen to be at work: behind it the job may have ended
     * @param description for people
     */
    record Holder(OperationId operation, MachineId machine, long version, String description) {}

    /**
     * There was no place.
     *
     * @param host whether it was the host that had none; else it was the repository
     * @param holders those that have them
     */
    record Refusal(OperationId operation, boolean host, List<Holder> holders) {
        public Refusal {
            holders = List.copyOf(holders);
        }
    }

    /** Which jobs have a place now, and which could have begun and have none. */
    record Answer(Set<OperationId> placed, List<Refusal> refusals) {
        public Answer {
            placed = Set.copyOf(placed);
            refusals = List.copyOf(refusals);
        }
    }
}
