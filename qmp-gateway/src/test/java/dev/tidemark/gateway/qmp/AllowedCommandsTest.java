package dev.tidemark.gateway.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class AllowedCommandsTest {
    private static void say(String command, JsonNode arguments) {
        AllowedCommands.require(command, (ObjectNode) arguments, SampleCommands.PLACES);
    }

    static Stream<QmpCommand> samples() {
        return SampleCommands.all().stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void what_the_gateway_says_passes(QmpCommand command) {
        assertThatCode(() -> say(command.wireName(), command.arguments())).doesNotThrowAnyException();
    }

    @Test
    void there_is_a_sample_of_every_command_and_a_command_for_every_entry() {
        Set<String> listed = new TreeSet<>(AllowedCommands.names());
        listed.remove("qmp_capabilities");
        assertThat(samples().map(QmpCommand::wireName)).containsAll(listed).allMatch(listed::contains);
        assertThat(samples().<Class<?>>map(QmpCommand::getClass).collect(Collectors.toUnmodifiableSet()))
                .hasSize(QmpCommand.class.getPermittedSubclasses().length);
    }

    /** A member more, a member of another kind, and a required member less: each by itself is refused, wherever it is. */
    @ParameterizedTest
    @MethodSource("samples")
    void one_thing_more_or_other_at_any_place_is_refused(QmpCommand command) {
        ObjectNode arguments = command.arguments();
        refuseStrangersIn(arguments, arguments, command.wireName());
    }

    private static void refuseStrangersIn(ObjectNode whole, JsonNode part, String command) {
        if (part instanceof ObjectNode object) {
            object.put("stranger", "x");
            assertThatThrownBy(() -> say(command, whole)).isInstanceOf(ForbiddenCommand.class);
            object.remove("stranger");
            for (String name : object.propertyNames().stream().toList()) {
                JsonNode kept = object.get(name);
                // Which is what no member may be.
                object.putArray(name).add(1.5);
                assertThatThrownBy(() -> say(command, whole))
                        .as("%s %s", command, name)
                        .isInstanceOf(ForbiddenCommand.class);
                object.set(name, kept);
                refuseStrangersIn(whole, kept, command);
            }
        } else if (part.isArray()) {
            part.forEach(entry -> refuseStrangersIn(whole, entry, command));
        }
        assertThatCode(() -> say(command, whole)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Files that are nobody's business, and other ways to name them.
                "{'driver':'file','node-name':'tm-f','filename':'/etc/shadow'}",
                "{'driver':'file','node-name':'tm-f','filename':'/repo/../etc/shadow'}",
                "{'driver':'file','node-name':'tm-f','filename':'/repo/./a'}",
                "{'driver':'file','node-name':'tm-f','filename':'repo/a'}",
                "{'driver':'file','node-name':'tm-f','filename':'/repo/a\\u0000'}",
                "{'driver':'file','node-name':'tm-f','filename':'/repository/a'}",
                "{'driver':'file','node-name':'tm-f','filename':'file:/repo/a'}",
                "{'driver':'file','node-name':'tm-f','filename':'nbd://store:10809/a'}",
                "{'driver':'file','node-name':'tm-f','filename':'json:{}'}",
                "{'driver':'file','node-name':'drive0','filename':'/repo/a'}",
                "{'driver':'host_device','node-name':'tm-f','filename':'/repo/a','cache':{'direct':true}}",
                "{'driver':'host_device','node-name':'tm-f','filename':'/dev/sda','cache':{'direct':true}}",
                // An image is opened on what was opened before, and seen to be what was made.
                "{'driver':'qcow2','node-name':'tm-n','file':{'driver':'file','filename':'/repo/a'}}",
                "{'driver':'qcow2','node-name':'tm-n','file':'drive0'}",
                "{'driver':'qcow2','node-name':'drive0','file':'tm-f'}",
                "{'driver':'qcow2','node-name':'tm-n','file':'tm-f',"
                        + "'backing':{'driver':'raw','file':{'driver':'file','filename':'/repo/b'}}}",
                "{'driver':'qcow2','node-name':'tm-n','file':'tm-f',"
                        + "'backing':{'driver':'qcow2','file':{'driver':'file','filename':'/etc/b'}}}",
                "{'driver':'raw','node-name':'tm-n','size':512,'file':'drive0'}",
                "{'driver':'raw','node-name':'tm-n','size':512,'file':{'driver':'host_device','filename':'/dev/vg/a',"
                        + "'cache':{'direct':true}}}",
                "{'driver':'raw','node-name':'tm-n','size':512,'file':{'driver':'file','filename':'/repo/a'}}",
                "{'driver':'raw','node-name':'tm-n','size':512,'file':{'driver':'nbd','export':'a',"
                        + "'server':{'type':'inet','host':'elsewhere','port':'10809'}}}",
                "{'driver':'raw','node-name':'tm-n','size':512,'file':{'driver':'nbd','export':'a',"
                        + "'server':{'type':'fd','str':'3'}}}",
                "{'driver':'raw','node-name':'tm-n','size':512,'file':{'driver':'nbd','export':'a',"
                        + "'server':{'type':'unix','path':'/run/libvirt/s'}}}",
                "{'driver':'null-co','node-name':'tm-c','size':-1,'read-zeroes':false}",
                "{'driver':'null-co','node-name':'tm-c','size':9223372036854775808,'read-zeroes':false}",
                "{'driver':'ssh','node-name':'tm-n','path':'/repo/a','server':{'host':'h','port':'22'}}",
                "{'driver':'https','node-name':'tm-n','url':'https://elsewhere/a'}",
                "{'driver':'snapshot-access','node-name':'tm-n','file':'drive0'}",
                "{'node-name':'tm-n'}"
            })
    void nodes_on_other_files_drivers_and_servers_are_refused(String options) {
        assertThatThrownBy(() -> say("blockdev-add", SampleCommands.json(options)))
                .isInstanceOf(ForbiddenCommand.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "object-add {'qom-type':'secret','id':'tm-k','data':'the key itself'}",
                "object-add {'qom-type':'secret','id':'tm-k','file':'/etc/shadow'}",
                "object-add {'qom-type':'memory-backend-file','id':'tm-k','mem-path':'/repo/a','size':1}",
                "object-add {'qom-type':'tls-creds-x509','id':'tm-k','endpoint':'server','dir':'/keys'}",
                "object-add {'qom-type':'tls-creds-x509','id':'tm-k','endpoint':'server','dir':'/keys','verify-peer':false}",
                "object-add {'qom-type':'tls-creds-x509','id':'tm-k','endpoint':'client','dir':'/keys','verify-peer':true}",
                "object-del {'id':'someone-elses'}",
                "qom-get {'path':'/objects/key','property':'data'}",
                "qom-list {'path':'/machine'}",
                "blockdev-del {'node-name':'drive0'}",
                "job-cancel {'id':'someone-elses'}",
                "block-export-add {'type':'nbd','id':'tm-e','node-name':'drive0','name':'n','writable':false}",
                "block-export-add {'type':'nbd','id':'tm-e','node-name':'tm-n','name':'n','writable':true}",
                "block-export-add {'type':'fuse','id':'tm-e','node-name':'tm-n','mountpoint':'/repo/a'}",
                "nbd-server-start {'addr':{'type':'unix','data':{'path':'/run/elsewhere'}}}",
                "nbd-server-start {'addr':{'type':'inet','data':{'host':'0.0.0.0','port':'10809'}}}",
                "nbd-server-start {'addr':{'type':'inet','data':{'host':'::1','port':'80'}}}",
                "blockdev-mirror {'job-id':'tm-j','device':'drive0','target':'tm-w','sync':'full'}",
                "blockdev-reopen {'options':[{'driver':'qcow2','node-name':'tm-n','read-only':false,'file':'f'}]}",
                "blockdev-reopen {'options':[]}",
                "transaction {'actions':[]}",
                "transaction {'actions':[{'type':'abort','data':{}}]}",
                "transaction {'actions':[{'type':'blockdev-snapshot-sync','data':{'device':'d','snapshot-file':'/repo/a'}}]}",
                "transaction {'actions':[{'type':'block-dirty-bitmap-clear','data':{'node':'d','name':'tm-a'}}]}",
                "transaction {'actions':[{'type':'block-dirty-bitmap-remove','data':{'node':'d','name':'libvirt-1'}}]}",
                "transaction {'actions':[{'type':'block-dirty-bitmap-merge','data':{'node':'d','target':'tm-a','bitmaps':[]}}]}",
                "transaction {'actions':[{'type':'blockdev-backup','data':{'job-id':'tm-j','device':'d','target':'tm-n',"
                        + "'sync':'bitmap','bitmap':'tm-b','bitmap-mode':'on-success','auto-dismiss':false}}]}",
                "transaction {'actions':[{'type':'blockdev-backup','data':{'job-id':'tm-j','device':'d','target':'tm-n',"
                        + "'sync':'bitmap','bitmap':'tm-b','auto-dismiss':false}}]}",
                "transaction {'actions':[{'type':'blockdev-backup','data':{'job-id':'tm-j','device':'d','target':'drive1',"
                        + "'sync':'full','auto-dismiss':false}}]}",
                "transaction {'actions':[{'type':'blockdev-backup','data':{'job-id':'tm-j','device':'d','target':'tm-n',"
                        + "'sync':'full','auto-dismiss':false}}],'properties':{'completion-mode':'grouped'}}"
            })
    void other_arguments_of_allowed_commands_are_refused(String said) {
        int blank = said.indexOf(' ');
        assertThatThrownBy(() -> say(said.substring(0, blank), SampleCommands.json(said.substring(blank + 1))))
                .isInstanceOf(ForbiddenCommand.class);
    }

    @Test
    void a_session_that_was_told_of_no_place_tells_qemu_of_none() {
        for (QmpCommand command : SampleCommands.all()) {
            if (command instanceof QmpCommand.SecretAdd
                    || command instanceof QmpCommand.CredentialsAdd
                    || command instanceof QmpCommand.NbdServerStart) {
                assertThatThrownBy(() -> new CommandEncoder(ReachablePlaces.NONE)
                                .encode(command.wireName(), command.arguments()))
                        .isInstanceOf(ForbiddenCommand.class);
            }
        }
    }

    @Test
    void a_refusal_repeats_no_value() {
        assertThatThrownBy(() -> say(
                        "object-add", SampleCommands.json("{'qom-type':'secret','id':'tm-k','data':'the key itself'}")))
                .hasMessageNotContaining("the key itself");
    }
}
