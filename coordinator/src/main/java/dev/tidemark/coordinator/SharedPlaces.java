package dev.tidemark.coordinator;

import dev.tidemark.coordinator.dispatch.JobLimits;
import dev.tidemark.coordinator.dispatch.Places;
import dev.tidemark.coordinator.ledger.JobPlaces;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.util.List;
import java.util.stream.Collectors;

/** The places of all coordinators on a database as dispatch knows them. */
final class SharedPlaces implements Places {
    private final JobPlaces places;

    SharedPlaces(JobPlaces places) {
        this.places = places;
    }

    @Override
    public Answer take(HostName host, JobLimits limits, List<Wish> wishes) {
        JobPlaces.Answer answer = places.take(
                host.value(),
                new JobPlaces.Limits(limits.perHost(), limits.perRepository()),
                wishes.stream().map(SharedPlaces::job).toList());
        return new Answer(
                answer.placed().stream().map(OperationId::new).collect(Collectors.toSet()),
                answer.refused().stream().map(SharedPlaces::refusal).toList());
    }

    private static JobPlaces.Job job(Wish wish) {
        return new JobPlaces.Job(
                wish.operation().value(),
                wish.machine().value(),
                wish.repository().value(),
                switch (wish.standing()) {
                    case COULD_BEGIN -> JobPlaces.Wish.IF_FREE;
                    case AT_WORK -> JobPlaces.Wish.IN_ANY_CASE;
                    case WAITS -> JobPlaces.Wish.NONE;
                },
                wish.description());
    }

    private static Refusal refusal(JobPlaces.Refused refused) {
        return new Refusal(
                new OperationId(refused.operation()),
                refused.host(),
                refused.holders().stream()
                        .map(holder -> new Holder(
                                new OperationId(holder.operation()),
                                new MachineId(holder.machine()),
                                holder.version(),
                                holder.description()))
                        .toList());
    }
}
