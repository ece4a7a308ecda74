package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.testkit.Contract;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * With which codes each operation is refused stands in the document as the program's code has it: what is new in the code is missing in
 * the document, and what nobody answers any more stands there in vain.
 */
class PossibleCodesTest {
    private static final String ONLY_ASKED =
            "the planner is asked what the next backup would be: its no is a reason of the plan, and nobody's answer";
    private static final String FRESH = "what is rehearsed has a fresh id, no targets, no frozen guest, and is pushed";
    private static final String NAMED_ONCE = "the body was refused before, for INVALID_MEMBER";

    /** What the calls lead to and the values on the way do not. */
    private static final Map<String, Map<String, String>> IMPOSSIBLE = Map.of(
            "GET /v1/vms/{vm}/backups/plan",
            forAll(
                    FRESH,
                    "IDENTITY_REUSED",
                    "NAME_TAKEN",
                    "NO_GUEST_AGENT",
                    "TARGET_CLAIMED",
                    "TARGET_IS_DISK",
                    "TARGET_NAMED_TWICE",
                    "UNSUPPORTED",
                    "DISK_NAMED_TWICE"),
            "POST /v1/vms/{vm}/checkpoints",
            forAll(NAMED_ONCE, "DISK_NAMED_TWICE"),
            "POST /v1/backups/{backup}/exports",
            forAll(NAMED_ONCE, "DISK_NAMED_TWICE"),
            "DELETE /v1/vms/{vm}",
            forAll("what has ended meanwhile need not be ended: Farewell goes on", "NOT_RUNNING"),
            "DELETE /v1/backups/{backup}",
            forAll(
                    ONLY_ASKED,
                    "BACKUP_DAMAGED",
                    "DISK_NAMED_TWICE",
                    "FULL_REQUIRED",
                    "MACHINE_UNAVAILABLE",
                    "NOTHING_TO_DO",
                    "UNKNOWN_DISK"),
            "POST /v1/backups/{backup}/merge",
            forAll(
                    ONLY_ASKED,
                    "DISK_NAMED_TWICE",
                    "FULL_REQUIRED",
                    "MACHINE_UNAVAILABLE",
                    "NOTHING_TO_DO",
                    "UNKNOWN_DISK"),
            "GET /v1/vms/{vm}/retention/{repo}/plan",
            forAll(
                    ONLY_ASKED,
                    "BACKUP_DAMAGED",
                    "BACKUP_PROTECTED",
                    "DISK_NAMED_TWICE",
                    "FULL_REQUIRED",
                    "LEGAL_HOLD",
                    "MACHINE_UNAVAILABLE",
                    "NOTHING_TO_DO",
                    "OTHER_OPERATION",
                    "UNKNOWN_DISK"),
            "POST /v1/vms/{vm}/retention/{repo}",
            forAll("only whoever ends a policy needs one", "NO_RETENTION"),
            "POST /v1/webhooks",
            forAll("it was made the moment before", "WEBHOOK_NOT_FOUND"));

    private static Map<String, String> forAll(String reason, String... codes) {
        Map<String, String> impossible = new LinkedHashMap<>();
        Arrays.asList(codes).forEach(code -> impossible.put(code, reason));
        return impossible;
    }

    private static Map<String, String> impossible(String operation) {
        return IMPOSSIBLE.getOrDefault(operation, Map.of());
    }

    /** Those that tell something of this operation: what any may be answered with is told of all together. */
    private static Set<String> documented(Contract contract, String operation) {
        Set<String> codes = new TreeSet<>();
        contract.refusals(operation).values().forEach(codes::addAll);
        return codes;
    }

    /** Refusals that the code has and the document has not. */
    private static Set<String> missing(Map<String, Set<String>> possible, Contract contract) {
        Set<String> missing = new TreeSet<>();
        possible.forEach((operation, codes) -> codes.stream()
                .filter(code -> !impossible(operation).containsKey(code)
                        && !documented(contract, operation).contains(code))
                .forEach(code -> missing.add(operation + " " + code)));
        return missing;
    }

    /** Refusals that the document has and the code has not. */
    private static Set<String> vain(Map<String, Set<String>> possible, Contract contract, Set<String> anywhere) {
        Set<String> vain = new TreeSet<>();
        possible.forEach((operation, codes) -> documented(contract, operation).stream()
                .filter(code -> !codes.contains(code) && !anywhere.contains(code))
                .forEach(code -> vain.add(operation + " " + code)));
        return vain;
    }

    @Test
    void each_operation_is_documented_with_the_codes_that_its_code_comes_to() throws Exception {
        Contract contract = Contract.published();
        Map<String, Set<String>> possible = new PossibleCodes().ofOperations();
        // What whoever lets requests in may answer, before and after an operation.
        Set<String> anywhere = documented(contract, "GET /v1/repositories");

        assertThat(possible.keySet()).isEqualTo(Routes.listed());
        assertThat(missing(possible, contract)).isEmpty();
        assertThat(vain(possible, contract, anywhere)).isEmpty();
        IMPOSSIBLE.forEach((operation, codes) -> {
            assertThat(possible.get(operation)).as(operation).containsAll(codes.keySet());
            assertThat(documented(contract, operation)).as(operation).doesNotContainAnyElementsOf(codes.keySet());
        });

        // Either judge can find something: one more in the code is missing, one less there is in vain.
        for (Map.Entry<String, Set<String>> operation : possible.entrySet()) {
            for (String code : Set.copyOf(operation.getValue())) {
                if (!anywhere.contains(code) && !impossible(operation.getKey()).containsKey(code)) {
                    operation.getValue().remove(code);
                    assertThat(vain(possible, contract, anywhere)).containsExactly(operation.getKey() + " " + code);
                    operation.getValue().add(code);
                }
            }
            operation.getValue().add("A_NEW_REJECTION");
            assertThat(missing(possible, contract)).containsExactly(operation.getKey() + " A_NEW_REJECTION");
            operation.getValue().remove("A_NEW_REJECTION");
        }
    }

    @Test
    void each_rejection_of_the_core_has_its_code() throws IOException {
        assertThat(new PossibleCodes().rejections().keySet())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Rejection.class.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .toList());
    }

    @Test
    void what_the_core_says_to_a_command_is_found_through_all_that_decides_on_it() throws IOException {
        PossibleCodes possible = new PossibleCodes();
        assertThat(possible.ofCommand("dev/tidemark/schema/command/DeleteCheckpoint"))
                .containsExactlyInAnyOrder("OTHER_OPERATION", "UNKNOWN_CHECKPOINT", "UNKNOWN_MACHINE");
        assertThat(possible.ofCommand("dev/tidemark/schema/command/StartBackup"))
                .contains("FULL_REQUIRED", "NO_GUEST_AGENT", "TARGET_IS_DISK", "UNKNOWN_DISK");
    }
}
