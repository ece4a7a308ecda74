package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.Canary;
import dev.tidemark.gateway.act.CanaryQuestion;
import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.TargetNodes;
import dev.tidemark.gateway.act.export.TlsCredentials;
import dev.tidemark.gateway.act.repository.Target;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.Observer;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.NbdListening;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The few things that a reconciler says to one QEMU, for as long as one session lasts. What each failure lets one conclude is told
 * by {@link QmpException}.
 */
public interface Qemu extends AutoCloseable {
    /**
     * Looks at everything.
     *
     * @param partialBackups what the repositories hold, to be told with the rest
     */
    Look look(List<String> partialBackups) throws QmpException, UnusableReply;

    /** Looks at the jobs alone, which is cheap enough to be done often. */
    Observer.Jobs jobs() throws QmpException, UnusableReply;

    /** Sends the plan's one transaction. */
    void run(Plan plan) throws QmpException;

    /** The same while a guest stands still: the answer is waited for no longer than a guest can stand. */
    default void runBriefly(Plan plan) throws QmpException {
        run(plan);
    }

    /**
     * Opens and locks a file for writing, and reads nothing of it: whether it is the one that was made is to be seen by that lock,
     * before an image is opened on it.
     *
     * @param pastPageCache whether the host's page cache is left out if that can be
     */
    void openFile(TargetNodes nodes, Path file, boolean pastPageCache) throws QmpException;

    /** The same of a block device. */
    void openDevice(TargetNodes nodes, Target device) throws QmpException;

    /**
     * Opens the image in an open file to write a backup to.
     *
     * @param layers the image's own first; what it stands on follows if one of them all is encrypted, else QEMU finds it by itself
     */
    void openTarget(TargetNodes nodes, List<TargetLayer> layers) throws QmpException, UnusableReply;

    /** Makes QEMU read the key of encrypted images from a file. */
    void addSecret(String id, Path file) throws QmpException;

    /** Makes QEMU forget such a key; what was opened with it stays open. */
    void forgetSecret(String id) throws QmpException;

    /** Opens a place that is no file to write a backup to, as much of it as the disk has bytes; a device is open already. */
    void openTarget(TargetNodes nodes, Target place, long size) throws QmpException;

    /** Opens the empty image in an open file, of which every cluster that it lacks is read from a disk's node. */
    void openScratch(TargetNodes nodes, TargetLayer image, String disk) throws QmpException;

    /** Starts QEMU's NBD server; with credentials, clients have to know a key. */
    void startServer(NbdListening listening, Optional<TlsCredentials> credentials) throws QmpException;

    /** Stops QEMU's NBD server, unless it serves an export of somebody else: then it stays, and false is returned. */
    boolean stopServer() throws QmpException, UnusableReply;

    /** Lets go of credentials that were made for a server; does nothing if there are none. */
    void forgetCredentials() throws QmpException;

    /** Lets clients of the NBD server read a node, and see what a bitmap marks. */
    void export(String export, String node, String name, Optional<BitmapSource> bitmap) throws QmpException;

    /**
     * Makes sure that all that was written to a target has reached its file, before it is closed: a flush that fails at the
     * close is told to stderr only, and the file would lack what QEMU still held.
     *
     * @param secret what held its key when it was opened, if it is encrypted
     * @return why nobody can tell whether it has; empty if it has
     * @throws dev.tidemark.gateway.qmp.QmpRefused if it has not
     */
    Optional<String> flushTarget(String node, Optional<String> secret) throws QmpException, UnusableReply;

    /** The same for a target that is no file, of that many bytes. */
    Optional<String> flushTarget(String node, long size) throws QmpException, UnusableReply;

    /** Opens what a canary is made of, for a disk of that many bytes. Its bitmap marks nothing yet. */
    void openCanary(Canary canary, long size) throws QmpException;

    /** Starts the job that lets a canary's bitmap mark its last sector; it has to be cancelled when it is {@code ready}. */
    void writeCanary(Canary canary) throws QmpException;

    /** Which of the bitmaps asked for lack what their written canary marks. */
    List<String> withoutCanary(CanaryQuestion question) throws QmpException, UnusableReply;

    /** Closes a node. */
    void closeNode(String node) throws QmpException;

    /** Lets a job copy so many bytes in a second at most; 0 lifts the limit. */
    void limit(String job, long bytesPerSecond) throws QmpException;

    /** Asks a job to end. */
    void cancel(String job) throws QmpException;

    /** Lets QEMU forget a job that has concluded. */
    void dismiss(String job) throws QmpException;

    /** Ends an export, also under its clients. */
    void endExport(String export) throws QmpException;

    /** Ends the session; QEMU stays as it is. */
    @Override
    void close();
}
