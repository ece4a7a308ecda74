package dev.tidemark.coordinator.drill.soak;

import dev.tidemark.coordinator.stage.DatabaseServer;
import dev.tidemark.coordinator.stage.GatewayProcess;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.Stage;
import java.io.IOException;

/** A process that is killed and comes back. */
interface Part {
    /** What kind of thing it is; the order is the one in which those that died together come back. */
    enum Kind {
        POSTGRESQL,
        COORDINATOR,
        GATEWAY,
        QEMU
    }

    Kind kind();

    String name();

    /** SIGKILL; or its orderly end. */
    void end(boolean cleanly) throws IOException;

    /** Returns when it works again, as far as that can be seen at itself. */
    void start() throws IOException;

    boolean isAlive();

    /** -1 if it does not run. */
    long processId();

    static Part database(Stage stage) {
        DatabaseServer database = stage.database();
        return new Plain(Kind.POSTGRESQL, "postgresql") {
            @Override
            public void end(boolean cleanly) {
                database.kill();
            }

            @Override
            public void start() {
                database.start();
            }

            @Override
            public long processId() {
                return database.processId();
            }
        };
    }

    static Part coordinator(Stage stage) {
        Service service = stage.service();
        return new Plain(Kind.COORDINATOR, "coordinator") {
            @Override
            public void end(boolean cleanly) {
                if (cleanly) {
                    service.stop();
                } else {
                    service.kill();
                }
            }

            @Override
            public void start() {
                service.start();
            }

            @Override
            public long processId() {
                return service.isAlive() ? service.processId() : -1;
            }
        };
    }

    static Part gateway(GatewayProcess gateway) {
        return new Plain(Kind.GATEWAY, "gateway-" + gateway.host()) {
            @Override
            public void end(boolean cleanly) {
                if (cleanly) {
                    gateway.stop();
                } else {
                    gateway.kill();
                }
            }

            @Override
            public void start() {
                gateway.start();
            }

            @Override
            public long processId() {
                return gateway.isAlive() ? gateway.processId() : -1;
            }
        };
    }

    static Part qemu(QemuUnderTest qemu) {
        return new Plain(Kind.QEMU, qemu.name()) {
            @Override
            public void end(boolean cleanly) throws IOException {
                qemu.end(cleanly);
            }

            @Override
            public void start() throws IOException {
                qemu.start();
            }

            @Override
            public long processId() {
                return qemu.processId();
            }
        };
    }

    /** With a name. */
    abstract class Plain implements Part {
        private final Kind kind;
        private final String name;

        Plain(Kind kind, String name) {
            this.kind = kind;
            this.name = name;
        }

        @Override
        public Kind kind() {
            return kind;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean isAlive() {
            return processId() > 0;
        }
    }
}
