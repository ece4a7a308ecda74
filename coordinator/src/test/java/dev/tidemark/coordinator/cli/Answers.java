package dev.tidemark.coordinator.cli;

/** What a coordinator would say; with members of the future, which a client must not mind. */
final class Answers {
    static final String CHECKPOINT_ID = "01K1ZC0000000000000000CP01";
    static final String SECOND_CHECKPOINT_ID = "01K1ZC0000000000000000CP02";
    static final String THIRD_CHECKPOINT_ID = "01K1ZC0000000000000000CP03";
    static final String BACKUP_ID = "01K1ZB0000000000000000BK01";
    static final String OPERATION_ID = "01K1Z00000000000000000QP01";
    static final String OPERATION_PATH = "/v1/operations/" + OPERATION_ID;

    static final String VM = """
            {"id":"01K1ZV0000000000000000VM01","name":"web1","host":"alpha","state":"UP","qmp":"/run/web1.qmp",
             "qemu":{"version":"10.2.0"},"pending":null,"future":{"a":[1]},
             "disks":[{"name":"vda","node":"#block123","format":"qcow2","virtualSize":10737418240,
                       "file":"/var/lib/images/web1-system.qcow2"},
                      {"name":"vdb","node":"data","format":"qcow2","virtualSize":1073741824,
                       "file":"/var/lib/images/web1-data.qcow2"}]}""";

    static final String FIRST = checkpoint(CHECKPOINT_ID, "base", "null", "CREATED", "HEALTHY");
    static final String SECOND =
            checkpoint(SECOND_CHECKPOINT_ID, "monday", '"' + CHECKPOINT_ID + '"', "CREATED", "BROKEN");
    static final String THIRD =
            checkpoint(THIRD_CHECKPOINT_ID, "tuesday", '"' + SECOND_CHECKPOINT_ID + '"', "CREATED", "HEALTHY");
    static final String CHECKPOINTS = "{\"checkpoints\":[" + FIRST + "," + SECOND + "," + THIRD + "]}";

    static final String BACKUP = """
            {"id":"%s","vm":"web1","repo":"default","mode":"PUSH","state":"COMPLETED","checkpoint":"monday",
             "startedAt":"2026-07-01T10:00:00.123456Z","completedAt":"2026-07-01T10:01:00Z","error":null,"verifiedAt":null,
             "disks":[{"disk":"vda","kind":"INCREMENTAL","since":"base","cause":null,"bytes":5242880,
                       "file":"vda.qcow2","sha256":"aa"},
                      {"disk":"vdb","kind":"FULL","since":null,"cause":"BITMAP_MISSING","bytes":1073741824,
                       "file":"vdb.qcow2","sha256":"bb"}]}""".formatted(BACKUP_ID);

    static final String GATEWAYS = """
            {"gateways":[{"host":"alpha","instance":"3b4c","epoch":2,"coordinator":"beta/4711-0f3a","state":"LIVE",
              "grantedAt":"2026-07-01T09:00:00Z","lastContact":"2026-07-01T10:00:00.5Z",
              "expiresAt":"2026-07-01T10:00:20Z","version":"0.1.0","future":1},
             {"host":"gamma","instance":"9d1e","epoch":17,"coordinator":"beta/4711-0f3a","state":"GONE",
              "grantedAt":"2026-06-01T09:00:00Z","lastContact":"2026-06-30T23:59:59Z",
              "expiresAt":"2026-07-01T00:00:19Z","version":"0.1.0"}]}""";

    static final String PLAN = """
            {"vm":"web1","repo":"default","version":7,
             "disks":[{"disk":"vda","kind":"INCREMENTAL","since":"base","parent":"%s","cause":null,"detail":null},
                      {"disk":"vdb","kind":"FULL","since":null,"parent":null,"cause":"BITMAP_MISSING",
                       "detail":"the bitmap of base is gone from vdb"}],
             "transaction":{"execute":"transaction","arguments":{"actions":[
                {"type":"block-dirty-bitmap-add","data":{"node":"data","name":"tm-x","persistent":true}}]}},
             "explanation":["vda: every bitmap since base is healthy","vdb: full, because the bitmap of base is gone"]}""".formatted(BACKUP_ID);

    static final String DECISION = """
            {"decision":"ACCEPTED","events":[{"type":"checkpoint-requested.v1","name":"base"}],
             "transaction":{"execute":"transaction","arguments":{"actions":[
                {"type":"block-dirty-bitmap-add","data":{"node":"#block123","name":"tm-x","persistent":true}}]}},
             "explanation":["a bitmap is added on vda and records from now on"]}""";

    static final String CHAIN = """
            {"vm":"web1","version":7,"explanation":["vda is healthy; vdb is broken"],
             "disks":[{"disk":"vda","state":"HEALTHY","cause":null,
                       "bitmaps":[{"name":"tm-%1$s","checkpoint":"base","recording":false,"dirtyBytes":65536,
                                   "state":"HEALTHY"},
                                  {"name":"tm-%2$s","checkpoint":"monday","recording":true,"dirtyBytes":0,
                                   "state":"HEALTHY"}],
                       "checkpoints":[{"checkpoint":"%1$s","name":"base","usable":true,"cause":null}]},
                      {"disk":"vdb","state":"BROKEN","cause":"BITMAP_MISSING","bitmaps":[],
                       "checkpoints":[{"checkpoint":"%1$s","name":"base","usable":false,"cause":"BITMAP_MISSING"}]}]}""".formatted(CHECKPOINT_ID, SECOND_CHECKPOINT_ID);

    static final String RECONCILIATION = """
            {"vm":"web1","version":8,"converged":true,
             "drift":[{"kind":"UNKNOWN_BITMAP","disk":"vda","bitmap":"tm-old","detail":"the log never heard of it",
                       "action":"QUARANTINED"}]}""";

    static final String RESTORE = """
            {"backup":"%s","disks":[{"disk":"vda","file":"/restore/vda.qcow2","format":"qcow2",
             "virtualSize":10737418240}]}""".formatted(BACKUP_ID);

    private Answers() {}

    static String checkpoint(String id, String name, String parent, String state, String diskState) {
        return """
                {"id":"%s","name":"%s","parent":%s,"state":"%s","createdAt":"2026-07-01T10:00:00Z","consistency":"CRASH",
                 "disks":[{"disk":"vda","bitmap":"tm-%s","state":"HEALTHY","cause":null},
                          {"disk":"vdb","bitmap":"tm-%s","state":"%s","cause":%s}]}""".formatted(
                id, name, parent, state, id, id, diskState, diskState.equals("BROKEN") ? "\"BITMAP_MISSING\"" : "null");
    }

    static String operation(String kind, String state, String target) {
        return operation(kind, state, target, "null", "null");
    }

    /** @param code,progress in JSON */
    static String operation(String kind, String state, String target, String code, String progress) {
        return """
                {"id":"%s","vm":"web1","kind":"%s","state":"%s","code":%s,"error":%s,"remedy":%s,"target":"%s",
                 "progress":%s,"startedAt":"2026-07-01T10:00:00Z","endedAt":null,"events":1,"future":1}""".formatted(
                        OPERATION_ID,
                        kind,
                        state,
                        code,
                        code.equals("null") ? "null" : "\"it broke\"",
                        code.equals("null") ? "null" : "\"mend it\"",
                        target,
                        progress);
    }
}
