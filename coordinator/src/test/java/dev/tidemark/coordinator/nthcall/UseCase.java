package dev.tidemark.coordinator.nthcall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.CoordinatorRooms;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.nthcall.Client.Request;
import dev.tidemark.schema.command.CreateCheckpoint;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.Ulid;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** One thing that somebody does, and what has to be there before. Its calls to the database are the ones that fail. */
enum UseCase {
    REGISTER {
        @Override
        Runnable given(Life life) {
            return life::register;
        }
    },
    FIRST_LOOK {
        @Override
        Runnable given(Life life) {
            life.register();
            return reporting(life);
        }
    },
    CREATE_CHECKPOINT {
        @Override
        Runnable given(Life life) {
            seen(life);
            return () -> life.checkpoint("monday");
        }
    },
    REPORT_CHECKPOINT {
        @Override
        Runnable given(Life life) {
            seen(life);
            life.checkpoint("monday");
            return reporting(life);
        }
    },
    DELETE_CHECKPOINT {
        @Override
        Runnable given(Life life) {
            withCheckpoint(life);
            return () -> life.ask(Request.delete(life.path() + "/checkpoints/monday"));
        }
    },
    REPORT_DELETION {
        @Override
        Runnable given(Life life) {
            withCheckpoint(life);
            life.ask(Request.delete(life.path() + "/checkpoints/monday"));
            return reporting(life);
        }
    },
    BACK_UP {
        @Override
        Runnable given(Life life) {
            seen(life);
            return life::backUp;
        }
    },
    REPORT_START {
        @Override
        Runnable given(Life life) {
            seen(life);
            life.backUp();
            return reporting(life);
        }
    },
    REPORT_COMPLETION {
        @Override
        Runnable given(Life life) {
            running(life);
            return reporting(life);
        }
    },
    ABORT {
        @Override
        Runnable given(Life life) {
            String backup = running(life);
            return () -> life.ask(Request.post("/v1/backups/" + backup + "/abort", "{}"));
        }
    },
    REPORT_READY {
        @Override
        Runnable given(Life life) {
            pulled(life);
            return reporting(life);
        }
    },
    FINISH {
        @Override
        Runnable given(Life life) {
            String backup = ready(life);
            return () -> life.ask(Request.post("/v1/backups/" + backup + "/finish", "{}"));
        }
    },
    REPORT_FINISH {
        @Override
        Runnable given(Life life) {
            life.ask(Request.post("/v1/backups/" + ready(life) + "/finish", "{}"));
            return reporting(life);
        }
    },
    CHANGE_SPEED {
        @Override
        Runnable given(Life life) {
            String backup = running(life);
            return () -> life.ask(Request.post("/v1/backups/" + backup + "/speed", "{\"bytesPerSecondMax\":1048576}"));
        }
    },
    REPORT_ABORT {
        @Override
        Runnable given(Life life) {
            life.ask(Request.post("/v1/backups/" + running(life) + "/abort", "{}"));
            return reporting(life);
        }
    },
    VERIFY {
        @Override
        Runnable given(Life life) {
            String backup = backedUp(life);
            return () -> life.ask(Request.post("/v1/backups/" + backup + "/verify", "{}"));
        }
    },
    REPORT_VERIFICATION {
        @Override
        Runnable given(Life life) {
            life.ask(Request.post("/v1/backups/" + backedUp(life) + "/verify", "{}"));
            return reporting(life);
        }
    },
    ABORT_VERIFICATION {
        @Override
        Runnable given(Life life) {
            String reading = verifying(life);
            return () -> life.ask(Request.post("/v1/operations/" + reading + "/abort", "{}"));
        }
    },
    REPORT_VERIFICATION_ABORT {
        @Override
        Runnable given(Life life) {
            life.ask(Request.post("/v1/operations/" + verifying(life) + "/abort", "{}"));
            return reporting(life);
        }
    },
    RESTORE {
        @Override
        Runnable given(Life life) {
            backedUp(life);
            return () -> restore(life);
        }
    },
    REPORT_RESTORE {
        @Override
        Runnable given(Life life) {
            backedUp(life);
            restore(life);
            return reporting(life);
        }
    },
    EXPORT {
        @Override
        Runnable given(Life life) {
            String backup = backedUp(life);
            return () -> life.ask(Request.post("/v1/backups/" + backup + "/exports", "{}"));
        }
    },
    REPORT_EXPORT {
        @Override
        Runnable given(Life life) {
            life.ask(Request.post("/v1/backups/" + backedUp(life) + "/exports", "{}"));
            return reporting(life);
        }
    },
    PROTECT_BACKUP {
        @Override
        Runnable given(Life life) {
            String backup = backedUp(life);
            return () -> life.ask(Request.post("/v1/backups/" + backup + "/protect", "{\"hold\":\"case 7\"}"));
        }
    },
    SET_RETENTION {
        @Override
        Runnable given(Life life) {
            seen(life);
            return () -> life.ask(Request.post(life.path() + "/retention/default", "{\"last\":3}"));
        }
    },
    MERGE_BACKUP {
        @Override
        Runnable given(Life life) {
            backedUp(life);
            String second = backedUpAgain(life);
            return () -> life.ask(Request.post("/v1/backups/" + second + "/merge", "{}"));
        }
    },
    REPORT_BACKUP_MERGE {
        @Override
        Runnable given(Life life) {
            backedUp(life);
            life.ask(Request.post("/v1/backups/" + backedUpAgain(life) + "/merge", "{}"));
            return reporting(life);
        }
    },
    DELETE_BACKUP {
        @Override
        Runnable given(Life life) {
            String backup = backedUp(life);
            return () -> life.ask(Request.delete("/v1/backups/" + backup));
        }
    },
    REPORT_BACKUP_DELETION {
        @Override
        Runnable given(Life life) {
            life.ask(Request.delete("/v1/backups/" + backedUp(life)));
            return reporting(life);
        }
    },
    REMOVE {
        @Override
        Runnable given(Life life) {
            seen(life);
            return life::remove;
        }
    },
    READ {
        @Override
        Runnable given(Life life) {
            String backup = backedUp(life);
            List<Request> requests = List.of(
                    Request.get("/v1/vms"),
                    Request.get(life.path()),
                    Request.get(life.path() + "/chain"),
                    Request.get(life.path() + "/checkpoints"),
                    Request.get(life.path() + "/checkpoints/with-backup"),
                    Request.get(life.path() + "/backups"),
                    Request.get("/v1/backups/" + backup),
                    Request.get(life.path() + "/exports"),
                    Request.get(life.path() + "/operations"),
                    Request.get("/v1/operations/" + life.machine()),
                    Request.get(life.path() + "/events"));
            List<String> before = requests.stream().map(life::read).toList();
            return () -> assertThat(requests.stream().map(life::read).toList()).isEqualTo(before);
        }
    },
    ASK_FOR_A_PLAN {
        @Override
        Runnable given(Life life) {
            backedUp(life);
            return () -> {
                life.read(Request.get(life.path() + "/backups/plan?repo=default"));
                life.read(Request.post(life.path() + "/checkpoints?dryRun=true", "{}"));
            };
        }
    },
    START_AGAIN {
        @Override
        Runnable given(Life life) {
            seen(life);
            Machine before = life.stage.rooms.replayed(life.machine());
            return () -> {
                Dispatch again = insisted(life.stage.rooms::startedAgain);
                assertThat(again.machine(life.machine())).isEqualTo(before);
            };
        }
    },
    CATCH_UP_WITH_ANOTHER {
        @Override
        Runnable given(Life life) {
            seen(life);
            appendBesides(life, life.stage.database.database().application(), 1_000);
            return () -> insisted(() -> {
                life.stage.rooms.dispatch().catchUp();
                return life;
            });
        }
    },
    TELL_OTHERS(Asker.NOTICE) {
        @Override
        Runnable given(Life life) {
            seen(life);
            return () -> appendBesides(life, life.stage.database.source(), 1_000);
        }
    },
    WRITE_A_SNAPSHOT(Asker.SNAPSHOTS) {
        @Override
        Runnable given(Life life) {
            seen(life);
            return () -> appendBesides(life, life.stage.database.source(), 1);
        }
    };

    private static final int TRIES_MAX = 2;

    private final Asker counted;

    UseCase() {
        this(Asker.CALLER);
    }

    UseCase(Asker counted) {
        this.counted = counted;
    }

    /** Whose calls fail. */
    Asker counted() {
        return counted;
    }

    /** Prepares a machine, and gives back what is then done to it under failures. */
    abstract Runnable given(Life life);

    private static Runnable reporting(Life life) {
        Report report = life.nextReport();
        return () -> life.tell(report);
    }

    private static void seen(Life life) {
        life.register();
        life.settle();
    }

    private static void withCheckpoint(Life life) {
        seen(life);
        life.checkpoint("monday");
        life.settle();
    }

    private static String running(Life life) {
        seen(life);
        String backup = life.backUp().word("target");
        life.tell(life.nextReport());
        return backup;
    }

    private static String pulled(Life life) {
        seen(life);
        String backup = life.pull().word("target");
        life.tell(life.nextReport());
        return backup;
    }

    private static String ready(Life life) {
        String backup = pulled(life);
        life.tell(life.nextReport());
        return backup;
    }

    private static String backedUp(Life life) {
        seen(life);
        String backup = life.backUp().word("target");
        life.settle();
        return backup;
    }

    /** An incremental on top of the one before. */
    private static String backedUpAgain(Life life) {
        String backup = life.ask(
                        Request.post(life.path() + "/backups", "{\"repo\":\"default\",\"checkpoint\":\"second\"}"))
                .word("target");
        life.settle();
        return backup;
    }

    private static String verifying(Life life) {
        return life.ask(Request.post("/v1/backups/" + backedUp(life) + "/verify", "{}"))
                .word("id");
    }

    private static void restore(Life life) {
        life.ask(Request.post(life.path() + "/restores", "{\"to\":\"/restored\"}"));
    }

    /** As a service manager starts what did not start, and a timer repeats what failed. */
    private static <T> T insisted(Supplier<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.get();
            } catch (RuntimeException failure) {
                if (attempt == TRIES_MAX) {
                    throw failure;
                }
            }
        }
    }

    /** What another coordinator appends; when this returns, what it does besides is over, too. */
    private static void appendBesides(Life life, DataSource source, int snapshotEvery) {
        try (Ledger<Machine, MachineCommand, MachineEvent, Rejection> other =
                CoordinatorRooms.ledger(source, snapshotEvery, CoordinatorRooms.readModels())) {
            other.execute(
                    new CreateCheckpoint(
                            life.machine(),
                            new OperationId(ulid()),
                            new CheckpointId(ulid()),
                            new CheckpointName("besides"),
                            List.of(),
                            Optional.empty(),
                            Instant.now()),
                    Map.of("caller", "another"));
        }
    }

    private static String ulid() {
        byte[] randomness = new byte[Ulid.RANDOMNESS_BYTES];
        ThreadLocalRandom.current().nextBytes(randomness);
        return Ulid.encode(Instant.now().toEpochMilli(), randomness);
    }
}
