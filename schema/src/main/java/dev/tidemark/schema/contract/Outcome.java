package dev.tidemark.schema.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineConfiguration;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.event.Prose;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.RepositoryIdentity;
import java.util.List;
import java.util.Optional;

/** The three ways in which a try can end. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Outcome.Done.class, name = "DONE"),
    @JsonSubTypes.Type(value = Outcome.Refused.class, name = "REFUSED"),
    @JsonSubTypes.Type(value = Outcome.Unknown.class, name = "UNKNOWN")
})
public sealed interface Outcome {
    /** The effect is there; the evidence says how that was seen. */
    record Done(Evidence evidence) implements Outcome {}

    /** There is no effect and there will be none; {@code disk} tells which disk stood in the way, where one did. */
    record Refused(FailureCode code, String detail, Optional<DiskName> disk) implements Outcome {
        public Refused {
            detail = Prose.of(detail);
        }

        /** A refusal that concerns no disk in particular. */
        public Refused(FailureCode code, String detail) {
            this(code, detail, Optional.empty());
        }
    }

    /** Sent, and the answer was lost: cured by looking, never by repeating. */
    record Unknown(String detail) implements Outcome {
        public Unknown {
            detail = Prose.of(detail);
        }
    }

    /** What stands behind a {@link Done}. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Evidence.Seen.class, name = "SEEN"),
        @JsonSubTypes.Type(value = Evidence.Stored.class, name = "STORED"),
        @JsonSubTypes.Type(value = Evidence.Exported.class, name = "EXPORTED"),
        @JsonSubTypes.Type(value = Evidence.Closed.class, name = "CLOSED"),
        @JsonSubTypes.Type(value = Evidence.Verified.class, name = "VERIFIED"),
        @JsonSubTypes.Type(value = Evidence.Damaged.class, name = "DAMAGED"),
        @JsonSubTypes.Type(value = Evidence.Restored.class, name = "RESTORED"),
        @JsonSubTypes.Type(value = Evidence.Removed.class, name = "REMOVED"),
        @JsonSubTypes.Type(value = Evidence.Merged.class, name = "MERGED")
    })
    sealed interface Evidence {
        /** The report's own observation shows it. */
        record Seen() implements Evidence {}

        /** The manifest that lies in the repository. */
        record Stored(
                List<CompletedDisk> disks,
                Optional<RepositoryIdentity> repository,
                Optional<MachineConfiguration> configuration)
                implements Evidence {
            public Stored {
                disks = List.copyOf(disks);
            }

            /** In a repository that does not say which it is, of a machine of which nothing more is known. */
            public Stored(List<CompletedDisk> disks) {
                this(disks, Optional.empty(), Optional.empty());
            }
        }

        /** Exports were seen, and can be read here. */
        record Exported(List<ReadyDisk> disks) implements Evidence {
            public Exported {
                disks = List.copyOf(disks);
            }
        }

        /** Nothing is served any more, and nothing of it is left. */
        record Closed() implements Evidence {}

        /** So many bytes were read and agree with the manifests; {@code deep} says that the disks were restored and compared too. */
        record Verified(long bytes, boolean deep) implements Evidence {
            /** Read alone. */
            public Verified(long bytes) {
                this(bytes, false);
            }
        }

        /** These files do not agree with their manifests. */
        record Damaged(List<DamagedDisk> disks) implements Evidence {
            public Damaged {
                disks = List.copyOf(disks);
            }
        }

        /** Nothing has the backup's name any more; files of so many bytes went. */
        record Removed(long bytes) implements Evidence {}

        /** These files stand on less than before, durably, and were compared with what they held. */
        record Merged(List<MergedDisk> disks) implements Evidence {
            public Merged {
                disks = List.copyOf(disks);
            }
        }

        /** These files were written. */
        record Restored(List<RestoredDisk> disks) implements Evidence {
            public Restored {
                disks = List.copyOf(disks);
            }
        }
    }
}
