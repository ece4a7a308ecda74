package dev.tidemark.gateway.qmp;

import dev.tidemark.gateway.qmp.TransactionAction.BitmapSource;
import dev.tidemark.gateway.qmp.TransactionAction.Sync;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each command in each form in which it is sent, on a host where these places may be reached. */
final class SampleCommands {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private SampleCommands() {}

    /** {@code /repo}, {@code /dev/vg}, {@code /run/nbd}, {@code nbd://store:10809}, {@code /keys}, {@code /exports}, ports from 10809. */
    static final ReachablePlaces PLACES = new ReachablePlaces() {
        @Override
        public boolean isImage(Path file) {
            return file.startsWith("/repo");
        }

        @Override
        public boolean isDevice(Path device) {
            return device.startsWith("/dev/vg");
        }

        @Override
        public boolean isNbdSocket(Path socket) {
            return socket.startsWith("/run/nbd");
        }

        @Override
        public boolean isNbdServer(String host, String port, String export) {
            return host.equals("store") && port.equals("10809");
        }

        @Override
        public boolean isKey(Path file) {
            return file.startsWith("/keys");
        }

        @Override
        public boolean isCredentials(Path directory) {
            return directory.equals(Path.of("/keys"));
        }

        @Override
        public boolean isServedAt(Path socket) {
            return socket.startsWith("/exports");
        }

        @Override
        public boolean isServedAt(String host, int port) {
            return host.equals("::1") && port >= 10809;
        }
    };

    static JsonNode json(String text) {
        return MAPPER.readTree(text.replace('\'', '"'));
    }

    static List<QmpCommand> all() {
        List<QmpCommand> commands = new ArrayList<>(List.of(QmpCommand.Query.values()));
        for (String options : new String[] {
            "{'driver':'file','node-name':'tm-f','filename':'/repo/a.qcow2','discard':'unmap','cache':{'direct':true}}",
            "{'driver':'file','node-name':'tm-f','filename':'/repo/s.qcow2','discard':'unmap'}",
            "{'driver':'host_device','node-name':'tm-f','filename':'/dev/vg/a','cache':{'direct':true}}",
            "{'driver':'raw','node-name':'tm-l','size':0,'file':'tm-f'}",
            "{'driver':'qcow2','node-name':'tm-n','discard':'unmap','file':'tm-f',"
                    + "'encrypt':{'format':'luks','key-secret':'tm-k'},"
                    + "'backing':{'driver':'qcow2','file':{'driver':'file','filename':'/repo/b.qcow2'},'backing':null}}",
            "{'driver':'qcow2','node-name':'tm-n','backing':'drive0','file':'tm-f'}",
            "{'driver':'raw','node-name':'tm-n','size':512,'file':{'driver':'nbd','export':'a',"
                    + "'server':{'type':'unix','path':'/run/nbd/s'}}}",
            "{'driver':'raw','node-name':'tm-n','size':512,'file':{'driver':'nbd','export':'',"
                    + "'server':{'type':'inet','host':'store','port':'10809'}}}",
            "{'driver':'raw','node-name':'tm-w','offset':512,'size':512,'file':{'driver':'null-co','node-name':'tm-c',"
                    + "'size':1024,'read-zeroes':false}}",
            "{'driver':'null-co','node-name':'tm-c','size':512,'read-zeroes':false}"
        }) {
            commands.add(new QmpCommand.BlockdevAdd(json(options)));
        }
        commands.addAll(List.of(
                new QmpCommand.BlockdevDel("tm-n"),
                new QmpCommand.BlockdevReopenReadOnly(
                        "tm-n", "#block1", Optional.of("#block2"), OptionalLong.empty(), Optional.of("tm-k")),
                new QmpCommand.BlockdevReopenReadOnly(
                        "tm-n", "#block1", Optional.empty(), OptionalLong.of(512), Optional.empty()),
                new QmpCommand.BlockdevMirror("tm-j", "tm-c", "tm-w"),
                new QmpCommand.BlockExportAdd("tm-e", "tm-n", "a name", Optional.of(BitmapSource.on("drive0", "tm-b"))),
                new QmpCommand.BlockExportAdd("tm-e", "tm-n", "a name", Optional.empty()),
                new QmpCommand.BlockExportDel("tm-e", true),
                new QmpCommand.BlockExportDel("tm-e", false),
                new QmpCommand.NbdServerStart(new NbdListening.Unix(Path.of("/exports/m.nbd")), Optional.empty()),
                new QmpCommand.NbdServerStart(new NbdListening.Tcp("::1", 10810), Optional.of("tm-export-tls")),
                new QmpCommand.NbdServerStop(),
                new QmpCommand.CredentialsAdd("tm-export-tls", "/keys", false),
                new QmpCommand.CredentialsAdd("tm-export-tls", "/keys", true),
                new QmpCommand.CredentialsDel("tm-export-tls"),
                new QmpCommand.SecretAdd("tm-k", "/keys/k"),
                new QmpCommand.JobCancel("tm-j"),
                new QmpCommand.JobDismiss("tm-j"),
                new QmpCommand.BlockJobSetSpeed("tm-j", 0),
                new QmpCommand.Transaction(List.of(
                        new TransactionAction.BitmapAdd("drive0", "tm-b", true, false, OptionalLong.of(65_536)),
                        new TransactionAction.BitmapMerge(
                                "drive0",
                                "tm-b",
                                List.of(BitmapSource.of("tm-a"), BitmapSource.on("tm-c", "tm-tmp-c"))),
                        new TransactionAction.BitmapDisable("drive0", "tm-a"),
                        new TransactionAction.BitmapEnable("drive0", "tm-a"),
                        new TransactionAction.BitmapRemove("drive0", "tm-a"),
                        backup(new Sync.Full()),
                        backup(new Sync.None()),
                        backup(new Sync.Bitmap("tm-b")).withWorkers(8)))));
        return commands;
    }

    private static TransactionAction.BlockdevBackup backup(Sync sync) {
        return new TransactionAction.BlockdevBackup(
                "tm-j", "drive0", "tm-n", sync, OptionalLong.of(1), true, OptionalInt.empty());
    }
}
