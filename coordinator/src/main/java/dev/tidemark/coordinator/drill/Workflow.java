package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.stage.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The things that users do, each cut at every point that it passes. */
enum Workflow {
    CREATE {
        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            return service.started(Map.of(), "vms", machine.name(), "checkpoints");
        }
    },
    DELETE_MIDDLE {
        @Override
        int checkpointsNeeded() {
            return 3;
        }

        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            List<String> names = checkpoints(service, machine);
            return service.deleted("vms", machine.name(), "checkpoints", names.get(names.size() - 2));
        }
    },
    DELETE_NEWEST {
        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            return service.deleted(
                    "vms",
                    machine.name(),
                    "checkpoints",
                    checkpoints(service, machine).getLast());
        }
    },
    FULL {
        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            return service.started(
                    Map.of("repo", "default", "kind", "FULL", "bytesPerSecondMax", QUICK),
                    "vms",
                    machine.name(),
                    "backups");
        }
    },
    INCREMENTAL {
        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            return service.started(
                    Map.of("repo", "default", "kind", "AUTO", "bytesPerSecondMax", SLOW),
                    "vms",
                    machine.name(),
                    "backups");
        }
    },
    QUIESCE {
        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            return service.started(Map.of("quiesce", true), "vms", machine.name(), "checkpoints");
        }
    },
    QUIESCED_BACKUP {
        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            return service.started(
                    Map.of("repo", "default", "kind", "AUTO", "quiesce", true, "bytesPerSecondMax", SLOW),
                    "vms",
                    machine.name(),
                    "backups");
        }
    },
    ABORT {
        @Override
        void prepare(Service service, DrillMachine machine) {
            JsonNode operation = service.started(
                    Map.of("repo", "default", "kind", "FULL", "bytesPerSecondMax", SLOW),
                    "vms",
                    machine.name(),
                    "backups");
            service.await(operation, "RUNNING");
        }

        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            JsonNode backups = service.get("vms", machine.name(), "backups").path("backups");
            for (JsonNode backup : backups) {
                String state = backup.path("state").asString("");
                if (state.equals("RUNNING") || state.equals("REQUESTED") || state.equals("QUEUED")) {
                    return service.started(
                            Map.of(), "backups", backup.path("id").asString(""), "abort");
                }
            }
            throw new IllegalStateException("no backup runs: " + backups);
        }
    },
    PULL {
        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            return pull(service, machine);
        }

        @Override
        boolean isPull() {
            return true;
        }
    },
    FINISH_PULL {
        @Override
        void prepare(Service service, DrillMachine machine) {
            service.await(pull(service, machine), "DONE");
        }

        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            JsonNode backups = service.get("vms", machine.name(), "backups").path("backups");
            for (JsonNode backup : backups) {
                if (backup.path("state").asString("").equals("READY")) {
                    return service.started(
                            Map.of(), "backups", backup.path("id").asString(""), "finish");
                }
            }
            throw new IllegalStateException("no pull backup waits: " + backups);
        }

        @Override
        boolean isPull() {
            return true;
        }
    },
    VERIFY {
        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            return service.started(Map.of("deep", true), "backups", newest(machine), "verify");
        }
    },
    RESTORE {
        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            return service.started(
                    Map.of(
                            "backup",
                            newest(machine),
                            "to",
                            machine.file("restored-" + System.nanoTime()).toString(),
                            "format",
                            "RAW"),
                    "vms",
                    machine.name(),
                    "restores");
        }
    },
    EXPORT {
        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            return export(service, machine);
        }

        @Override
        boolean isExport() {
            return true;
        }
    },
    END_EXPORT {
        @Override
        void prepare(Service service, DrillMachine machine) {
            service.await(export(service, machine), "DONE");
        }

        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            JsonNode open = service.get("vms", machine.name(), "exports").path("exports");
            return service.started(Map.of(), "exports", open.path(0).path("id").asString(""), "end");
        }

        @Override
        boolean isExport() {
            return true;
        }
    },
    DELETE_BACKUP {
        @Override
        void prepare(Service service, DrillMachine machine) throws IOException {
            // Nothing stands on it, and nothing ever will.
            JsonNode taken = service.done(
                    Map.of("repo", "default", "kind", "FULL", "noCheckpoint", true), "vms", machine.name(), "backups");
            machine.remember(taken.path("target").asString(""), machine.content());
        }

        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            String backup = newest(machine);
            machine.giveUp(backup);
            return service.deleted("backups", backup);
        }
    },
    MERGE_BACKUP {
        @Override
        void prepare(Service service, DrillMachine machine) throws IOException {
            for (int count = 0; count < 2; count++) {
                machine.write();
                JsonNode taken =
                        service.done(Map.of("repo", "default", "kind", "AUTO"), "vms", machine.name(), "backups");
                machine.remember(taken.path("target").asString(""), machine.content());
            }
        }

        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            return service.started(Map.of(), "backups", newest(machine), "merge");
        }
    },
    REGISTER {
        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            return service.started(
                    Map.of(
                            "name",
                            machine.name(),
                            "qmp",
                            machine.qmpSocket().toString(),
                            "qga",
                            machine.qgaSocket().toString(),
                            "host",
                            Cast.HOST),
                    "vms");
        }
    },
    RECONCILE {
        @Override
        void prepare(Service service, DrillMachine machine) throws IOException {
            // What an ended backup of ours might have left: there is something to put away.
            String ended = "";
            for (JsonNode operation :
                    service.get("vms", machine.name(), "operations").path("operations")) {
                if (operation.path("kind").asString("").equals("BACKUP")) {
                    ended = operation.path("id").asString("");
                }
            }
            machine.execute("{\"execute\":\"block-dirty-bitmap-add\",\"arguments\":{\"node\":\"d0\",\"name\":\"tm-tmp-"
                    + ended + "\",\"disabled\":true}}");
        }

        @Override
        JsonNode ask(Service service, DrillMachine machine) {
            return service.started(Map.of(), "vms", machine.name(), "reconciliation");
        }
    };

    static final List<Workflow> BACKUPS = List.of(FULL, INCREMENTAL);

    /** Bytes in a second: a full backup then takes two seconds, so that it can be met at work while many machines are. */
    private static final long QUICK = 2L << 20;

    /** The same for the few granules of an incremental, and for a full backup that has to last until it is aborted. */
    private static final long SLOW = 512L << 10;

    /** Brings the machine to where the workflow can begin, before anything is held. */
    void prepare(Service service, DrillMachine machine) throws IOException {}

    /** Asks for it; gives the operation, if it is one, as soon as it is acknowledged. */
    abstract JsonNode ask(Service service, DrillMachine machine);

    int checkpointsNeeded() {
        return 2;
    }

    /** Whether a client of QEMU's NBD server takes part. */
    boolean isPull() {
        return false;
    }

    /** Whether a client of what the gateway serves takes part. */
    boolean isExport() {
        return false;
    }

    /** Every moment that the workflow is certain to pass; {@code DrillIT} holds it against what was passed. */
    List<Moment> moments() {
        return Passages.of(this);
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Workflow> parsed(String word) {
        return Arrays.stream(values())
                .filter(workflow -> workflow.word().equals(word))
                .findFirst();
    }

    /** The checkpoints whose bitmaps can be built on, the oldest first. */
    static List<String> checkpoints(Service service, DrillMachine machine) {
        List<String> names = new ArrayList<>();
        JsonNode disks = service.get("vms", machine.name(), "chain").path("disks");
        for (JsonNode bitmap : disks.path(0).path("bitmaps")) {
            if (bitmap.path("state").asString("").equals("HEALTHY")) {
                names.add(bitmap.path("checkpoint").asString(""));
            }
        }
        return names;
    }

    private static JsonNode export(Service service, DrillMachine machine) {
        return service.started(Map.of(), "backups", newest(machine), "exports");
    }

    private static JsonNode pull(Service service, DrillMachine machine) {
        return service.started(
                Map.of("repo", "default", "kind", "AUTO", "mode", "PULL"), "vms", machine.name(), "backups");
    }

    private static String newest(DrillMachine machine) {
        return List.copyOf(machine.contents().keySet()).getLast();
    }
}
