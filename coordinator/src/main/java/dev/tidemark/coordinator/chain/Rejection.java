package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetAddress;
import java.util.List;
import java.util.stream.Collectors;

/** Why a command is turned down: facts first, prose derived. The HTTP status is chosen elsewhere, in one switch. */
public sealed interface Rejection {
    /** What is wrong, in a sentence without a full stop. */
    String detail();

    /** What the caller can do about it. */
    String remedy();

    /** The machine was never registered, or was removed. */
    record UnknownMachine(MachineId machine) implements Rejection {
        @Override
        public String detail() {
            return "there is no machine " + machine;
        }

        @Override
        public String remedy() {
            return "list the machines with 'tidemark vm list'";
        }
    }

    /** The machine id is taken. */
    record AlreadyRegistered(MachineId machine) implements Rejection {
        @Override
        public String detail() {
            return "machine " + machine + " is registered already";
        }

        @Override
        public String remedy() {
            return "use the registered machine, or register under a new id";
        }
    }

    /** Nobody has seen the machine's disks yet. */
    record NeverSeen() implements Rejection {
        @Override
        public String detail() {
            return "QEMU was not reached since the machine was registered, so its disks are not known";
        }

        @Override
        public String remedy() {
            return "start the machine and check its QMP socket, then ask again";
        }
    }

    /** One operation on bitmaps at a time: another one has no outcome yet. */
    record OtherOperation(OperationId operation, String what, boolean isExport) implements Rejection {
        /** One that comes to an end by itself. */
        public OtherOperation(OperationId operation, String what) {
            this(operation, what, false);
        }

        @Override
        public String detail() {
            return what + " (operation " + operation + ")";
        }

        @Override
        public String remedy() {
            return isExport
                    ? "end it with 'tidemark export end " + operation + "'; it ends with its lease at the latest"
                    : "wait for operation " + operation + " to end, or abort it";
        }
    }

    /** A live checkpoint has this name. */
    record NameTaken(CheckpointName name) implements Rejection {
        @Override
        public String detail() {
            return "there is a checkpoint '" + name + "' already";
        }

        @Override
        public String remedy() {
            return "choose another name, or delete that checkpoint first";
        }
    }

    /** An id that the log has seen before, in another operation. */
    record IdentityReused(String identity) implements Rejection {
        @Override
        public String detail() {
            return identity + " was used before";
        }

        @Override
        public String remedy() {
            return "use a new id: a bitmap's name is never used twice";
        }
    }

    /** No such checkpoint, or none that exists yet. */
    record UnknownCheckpoint(CheckpointId checkpoint) implements Rejection {
        @Override
        public String detail() {
            return "there is no checkpoint " + checkpoint;
        }

        @Override
        public String remedy() {
            return "list the checkpoints with 'tidemark checkpoint list'";
        }
    }

    /** No such disk at present. */
    record UnknownDisk(DiskName disk, List<DiskName> present) implements Rejection {
        public UnknownDisk {
            present = List.copyOf(present);
        }

        @Override
        public String detail() {
            return "the machine has no disk '" + disk + "'; it has " + present;
        }

        @Override
        public String remedy() {
            return "name a disk that 'tidemark vm show' lists";
        }
    }

    /** The selection names a disk twice. */
    record DiskNamedTwice(DiskName disk) implements Rejection {
        @Override
        public String detail() {
            return "disk '" + disk + "' is named twice";
        }

        @Override
        public String remedy() {
            return "name each disk once";
        }
    }

    /** The disk's format cannot keep a dirty bitmap. */
    record NoBitmapSupport(DiskName disk, String format) implements Rejection {
        @Override
        public String detail() {
            return "disk '" + disk + "' (" + format + ") cannot keep a dirty bitmap";
        }

        @Override
        public String remedy() {
            return "leave the disk out, or convert it to qcow2 (compat=1.1)";
        }
    }

    /** A frozen guest was asked for, and nobody told how to talk to it. */
    record NoGuestAgent() implements Rejection {
        @Override
        public String detail() {
            return "the machine was registered without a guest agent's socket, so that its guest cannot be frozen";
        }

        @Override
        public String remedy() {
            return "leave '--quiesce' out, or register the machine again with '--qga SOCKET'";
        }
    }

    /** No disk is left to which the command applies. */
    record NothingToDo(String detail) implements Rejection {
        @Override
        public String remedy() {
            return "check the disks with 'tidemark vm show'";
        }
    }

    /** An incremental since a checkpoint was demanded, and the evidence for it does not hold. */
    record FullRequired(DiskName disk, FullCause cause, String detail) implements Rejection {
        @Override
        public String remedy() {
            return "take a full backup, or leave the choice to '--auto'";
        }
    }

    /** A differential was asked for since a checkpoint at which nothing was backed up into that repository. */
    record NoBackupAtCheckpoint(String checkpoint, RepositoryName repository, List<String> possible)
            implements Rejection {
        public NoBackupAtCheckpoint {
            possible = List.copyOf(possible);
        }

        @Override
        public String detail() {
            return "repository '" + repository + "' holds no backup that was taken at checkpoint '" + checkpoint
                    + "', so that no differential can stand on it";
        }

        @Override
        public String remedy() {
            return possible.isEmpty()
                    ? "take a full backup with a checkpoint in that repository first"
                    : "name a checkpoint at which a backup was taken there: " + String.join(", ", possible);
        }
    }

    /** The backup does not run (any more). */
    record NotRunning(String backup) implements Rejection {
        @Override
        public String detail() {
            return "backup " + backup + " is not running";
        }

        @Override
        public String remedy() {
            return "look at it with 'tidemark backup show'";
        }
    }

    /** No client can read it, or nobody needs to finish it (any more). */
    record NotReady(String backup) implements Rejection {
        @Override
        public String detail() {
            return "backup " + backup + " is no pull backup that waits to be finished";
        }

        @Override
        public String remedy() {
            return "look at it with 'tidemark backup show'";
        }
    }

    /** The operation has ended, or is none that can be ended. */
    record NotUnderWay(OperationId operation) implements Rejection {
        @Override
        public String detail() {
            return "operation " + operation + " is no verification or restore that is under way";
        }

        @Override
        public String remedy() {
            return "a running backup is ended with 'tidemark backup abort' and the backup's id";
        }
    }

    /** No completed backup of that id lies in a repository. */
    record UnknownBackup(BackupId backup) implements Rejection {
        @Override
        public String detail() {
            return "there is no completed backup " + backup + " in a repository";
        }

        @Override
        public String remedy() {
            return "list the backups with 'tidemark backup list'";
        }
    }

    /** Others cannot be restored without it. */
    record BackupNeeded(BackupId backup, List<BackupId> above) implements Rejection {
        public BackupNeeded {
            above = List.copyOf(above);
        }

        @Override
        public String detail() {
            return "backup " + backup + " is needed to restore "
                    + above.stream().map(BackupId::value).collect(Collectors.joining(", "));
        }

        @Override
        public String remedy() {
            return "delete those first, the newest before the others, or have them take it in with 'tidemark backup merge'";
        }
    }

    /** It holds all of itself, or its repository's policy needs nothing of the kind. */
    record NothingToMerge(BackupId backup) implements Rejection {
        @Override
        public String detail() {
            return "backup " + backup + " stands on nothing that it could take in";
        }

        @Override
        public String remedy() {
            return "look at what it stands on with 'tidemark backup show'";
        }
    }

    /** What is damaged is not made into something that looks whole. */
    record BackupDamaged(BackupId backup, BackupId damaged, DiskName disk) implements Rejection {
        @Override
        public String detail() {
            return "disk '" + disk + "' of backup " + backup + " cannot be restored: the file of backup " + damaged
                    + " is damaged or missing";
        }

        @Override
        public String remedy() {
            return "look with 'tidemark backup verify', and bring the file back from a copy if there is one";
        }
    }

    /** Nothing of that id is served, or no longer. */
    record NotExported(OperationId export) implements Rejection {
        @Override
        public String detail() {
            return "export " + export + " has ended";
        }

        @Override
        public String remedy() {
            return "list what is exported with 'tidemark export list'";
        }
    }

    /** Somebody said that it is not to be deleted. */
    record BackupProtected(BackupId backup) implements Rejection {
        @Override
        public String detail() {
            return "backup " + backup + " is protected";
        }

        @Override
        public String remedy() {
            return "end that first with 'tidemark backup unprotect', or keep it";
        }
    }

    /** It is under a legal hold. */
    record Held(BackupId backup, String reason) implements Rejection {
        @Override
        public String detail() {
            return "backup " + backup + " is under a legal hold: " + reason;
        }

        @Override
        public String remedy() {
            return "ask whoever put the hold; it ends with 'tidemark backup unprotect --release-hold' alone";
        }
    }

    /** There is nothing to end. */
    record NotProtected(BackupId backup, boolean hold) implements Rejection {
        @Override
        public String detail() {
            return "backup " + backup + (hold ? " is under no legal hold" : " is not protected");
        }

        @Override
        public String remedy() {
            return "look at it with 'tidemark backup show'";
        }
    }

    /** Nobody said what is to stay in the repository. */
    record NoRetention(RepositoryName repository) implements Rejection {
        @Override
        public String detail() {
            return "there is no retention policy for repository '" + repository + "': everything stays";
        }

        @Override
        public String remedy() {
            return "say what is to stay with 'tidemark retention set'";
        }
    }

    /** It was to go by the policy, and the policy keeps it. */
    record RetentionKeeps(BackupId backup, List<RetentionPlan.Reason> reasons) implements Rejection {
        public RetentionKeeps {
            reasons = List.copyOf(reasons);
        }

        @Override
        public String detail() {
            return "the retention policy keeps backup " + backup + ": "
                    + reasons.stream()
                            .map(reason -> (reason.kind() + " " + reason.detail()).strip())
                            .collect(Collectors.joining(", "));
        }

        @Override
        public String remedy() {
            return "look at 'tidemark retention plan', or delete it whatever the policy with 'tidemark backup delete'";
        }
    }

    /** This version cannot do it. */
    record Unsupported(String detail) implements Rejection {
        @Override
        public String remedy() {
            return "see 'tidemark --help' for what this version offers";
        }
    }

    /** The machine still has checkpoints. */
    record HasCheckpoints(int count) implements Rejection {
        @Override
        public String detail() {
            return "the machine has " + count + " checkpoint(s), whose bitmaps would stay in its images";
        }

        @Override
        public String remedy() {
            return "delete them first, or remove the machine with '--keep-bitmaps'";
        }
    }

    /** Two disks cannot go to one place. */
    record TargetNamedTwice(TargetAddress address) implements Rejection {
        @Override
        public String detail() {
            return "target " + address + " is named twice";
        }

        @Override
        public String remedy() {
            return "name another target for each disk";
        }
    }

    /** The guest would be written over. */
    record TargetIsDisk(TargetAddress address, DiskName disk) implements Rejection {
        @Override
        public String detail() {
            return address + " is the machine's own disk " + disk;
        }

        @Override
        public String remedy() {
            return "choose another target; to put the disk itself back, stop the machine and remove it from it first";
        }
    }

    /** A backup of the machine lies there; what is written to it would be all that is left of that. */
    record TargetClaimed(TargetAddress address, BackupId backup) implements Rejection {
        @Override
        public String detail() {
            return address + " holds a disk of backup " + backup;
        }

        @Override
        public String remedy() {
            return "choose another target, or give that one up first with 'tidemark backup delete " + backup + "'";
        }
    }

    /** It lies at a target, not in a file of the repository. */
    record BackupElsewhere(BackupId backup, DiskName disk, TargetAddress address) implements Rejection {
        @Override
        public String detail() {
            return "disk " + disk + " of backup " + backup + " lies at " + address
                    + ", not in the repository, and this works on files of the repository";
        }

        @Override
        public String remedy() {
            return "read it there, it is raw: with nbdcopy, qemu-img convert -f raw, or dd";
        }
    }
}
