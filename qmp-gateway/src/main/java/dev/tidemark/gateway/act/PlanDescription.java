package dev.tidemark.gateway.act;

import dev.tidemark.gateway.qmp.QmpCommand;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.json.Json;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A plan for people: what it does in their words, and the exact command that is sent. */
public final class PlanDescription {
    private PlanDescription() {}

    /**
     * One line a verb, then the command as QEMU reads it but for the white space.
     *
     * @param humanNames what users call the checkpoints; bitmaps without an entry keep their own name
     */
    public static String describe(Plan plan, Map<BitmapName, String> humanNames) {
        String command = Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(command(plan));
        return String.join("\n", lines(plan, humanNames)) + "\n" + command + "\n";
    }

    /** One line a verb, in people's words. */
    public static List<String> lines(Plan plan, Map<BitmapName, String> humanNames) {
        return plan.verbs().stream()
                .map(verb -> verb.node() + ": " + words(verb, humanNames))
                .toList();
    }

    /** The exact command that is sent, without the id that a session gives it. */
    public static ObjectNode command(Plan plan) {
        QmpCommand command = plan.transaction();
        ObjectNode message = JsonNodeFactory.instance.objectNode().put("execute", command.wireName());
        message.set("arguments", command.arguments());
        return message;
    }

    private static String words(Verb verb, Map<BitmapName, String> names) {
        return switch (verb) {
            case Verb.AddBitmap add -> "add " + bitmap(add.name(), names) + ", which records from now on";
            case Verb.MergeCanary merge ->
                "mark the last granule in " + bitmap(merge.target(), names) + ", so that it is never clean (canary on "
                        + merge.canaryNode() + ", made just before and closed right after)";
            case Verb.AddTemporaryBitmap add -> "add " + bitmap(add.name(), names) + ", empty, for this operation only";
            case Verb.DisableBitmap disable -> bitmap(disable.name(), names) + " stops recording";
            case Verb.EnableBitmap enable -> bitmap(enable.name(), names) + " records again";
            case Verb.MergeBitmaps merge ->
                "merge " + bitmaps(merge.sources(), names) + " into " + bitmap(merge.target(), names);
            case Verb.RemoveBitmap remove -> "remove " + bitmap(remove.name(), names);
            case Verb.StartFleecing fleecing ->
                "keep in " + fleecing.target() + " what the guest is about to overwrite (job " + fleecing.job() + ")";
            case Verb.StartBackup backup ->
                "copy "
                        + backup.bitmap()
                                .map(marks -> "what " + bitmap(marks, names) + " marks")
                                .orElse("everything")
                        + " to " + backup.target() + " (job " + backup.job() + limit(backup)
                        + (backup.compress() ? ", compressed" : "") + ")";
        };
    }

    private static String limit(Verb.StartBackup backup) {
        return backup.bytesPerSecondMax().isPresent()
                ? ", at most " + backup.bytesPerSecondMax().getAsLong() + " bytes a second"
                : "";
    }

    private static String bitmaps(List<String> bitmaps, Map<BitmapName, String> names) {
        return String.join(
                " + ", bitmaps.stream().map(name -> bitmap(name, names)).toList());
    }

    private static String bitmap(String name, Map<BitmapName, String> names) {
        String human = BitmapName.isCheckpointBitmap(name) ? names.get(new BitmapName(name)) : null;
        return human == null ? "bitmap " + name : "bitmap '" + human + "' (" + name + ")";
    }
}
