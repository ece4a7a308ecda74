package dev.tidemark.coordinator.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import java.util.EnumSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What roles mean, and which machines a pattern names. */
class RolesTest {
    @Test
    void who_makes_backups_deletes_nothing_and_who_deletes_makes_nothing() {
        for (Role role : Role.values()) {
            boolean makes = role.may(Permission.BACKUP) || role.may(Permission.CHECKPOINT);
            assertThat(makes && role.may(Permission.DELETE)).as(role.word()).isEqualTo(role == Role.ADMIN);
        }
        assertThat(Role.ADMIN.may(Permission.GRANT)).isTrue();
        for (Role role : List.of(Role.VIEWER, Role.AUDITOR, Role.OPERATOR, Role.RETENTION, Role.RESTORER)) {
            assertThat(role.may(Permission.GRANT)).as(role.word()).isFalse();
            assertThat(role.may(Permission.EVIDENCE)).as(role.word()).isFalse();
            assertThat(role.may(Permission.MANAGE)).as(role.word()).isFalse();
            assertThat(role.may(Permission.GATEWAY)).as(role.word()).isFalse();
        }
    }

    @Test
    void a_gateway_opens_exports_for_its_host_and_may_nothing_else() {
        Set<Permission> given = EnumSet.noneOf(Permission.class);
        for (Permission permission : Permission.values()) {
            if (Role.GATEWAY.may(permission)) {
                given.add(permission);
            }
        }
        assertThat(given).containsExactlyInAnyOrder(Permission.GATEWAY, Permission.DATA);
        assertThat(RoutePermissions.all().values()).doesNotContain(Permission.DATA);
        HostName own = new HostName("hv2");
        Credential credential = Credential.recorded(Credential.Kind.TOKEN, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
        Identity gateway = new Identity("g", new Grant(Role.GATEWAY, Scope.ALL, Optional.of(own)), credential);
        assertThat(gateway.speaksFor(own)).isTrue();
        assertThat(gateway.speaksFor(new HostName("hv1"))).isFalse();
        assertThat(new Identity("v", new Grant(Role.OPERATOR, Scope.ALL, Optional.empty()), credential).speaksFor(own))
                .isFalse();
        assertThat(Identity.ADMINISTRATOR.speaksFor(own)).isTrue();
        assertThatThrownBy(() -> new Grant(Role.GATEWAY, Scope.ALL, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Grant(Role.ADMIN, Scope.ALL, Optional.of(own)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_pattern_names_what_it_looks_like_and_nothing_else() {
        Scope web = new Scope("web-*.prod");
        assertThat(web.includes("web-1.prod")).isTrue();
        assertThat(web.includes("web-.prod")).isTrue();
        assertThat(web.includes("web-1xprod")).as("a dot is a dot").isFalse();
        assertThat(web.includes("xweb-1.prod")).isFalse();
        assertThat(web.includes("web-1.prod2")).isFalse();
        assertThat(new Scope("web").includes("web1")).isFalse();
        assertThat(new Scope("*").restriction()).isEmpty();
        assertThat(new Scope("a**b").includes("a-b")).isTrue();
        assertThat(new Scope("***************************a").includes("x".repeat(255)))
                .isFalse();
        assertThat(new Scope("*a".repeat(120)).includes("a".repeat(110) + "b")).isFalse();
        for (String other : List.of("", "a|b", "(a)", "[ab]", "a\n", "a+", "\\w", "a,b", "x".repeat(256))) {
            assertThatThrownBy(() -> new Scope(other)).as(other).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void the_expression_for_the_database_names_the_same_machines() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            Scope scope = new Scope(text(random, "ab.*-", 1 + random.nextInt(6)));
            String machine = text(random, "ab.-", random.nextInt(7));
            boolean expected = scope.restriction()
                    .map(expression -> Pattern.matches(expression, machine))
                    .orElse(true);
            assertThat(scope.includes(machine))
                    .as("seed=%d %s %s", seed, scope, machine)
                    .isEqualTo(expected);
        }
    }

    @Test
    void a_label_is_a_scope_by_itself_or_beside_a_pattern() {
        Scope prod = new Scope("env=prod");
        assertThat(prod.isAll()).isFalse();
        assertThat(prod.label()).contains(new Label("env", "prod"));
        assertThat(prod.restriction()).contains("^.*$ env=prod");
        assertThat(new Scope("web-*,env=prod").restriction()).contains("^web-.*$ env=prod");
        for (String text : List.of("*", "web-*", "env=prod", "web-*,env=prod", "a.b/c-d_e=1.2_3-x")) {
            assertThat(new Scope(text).text()).isEqualTo(text);
        }
        assertThat(new Scope("*,env=prod").text())
                .as("of two spellings one is kept")
                .isEqualTo("env=prod");
        for (String other : List.of(
                "env=",
                "=prod",
                "env=prod,web-*",
                "web-*,",
                ",env=prod",
                "a=b=c",
                "a=b,c=d",
                "env=pr od",
                "env=prod\n",
                "env='x'",
                "-env=prod",
                "env=" + "x".repeat(64),
                "x".repeat(64) + "=a")) {
            assertThat(Scope.isWellFormed(other)).as(other).isFalse();
        }

        MachineId labelled = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        MachineId other = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FAW");
        Credential credential = Credential.recorded(Credential.Kind.TOKEN, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
        Grant grant = new Grant(Role.VIEWER, new Scope("web-*,env=prod"), Optional.empty());
        Identity unasked = new Identity("v", grant, credential);
        Identity viewer = unasked.reaching(Set.of(labelled.value()));
        assertThat(viewer.reaches(labelled, "web-1")).isTrue();
        assertThat(viewer.reaches(labelled, "db-1")).isFalse();
        assertThat(viewer.reaches(other, "web-1")).isFalse();
        assertThat(unasked.reaches(labelled, "web-1"))
                .as("nobody has asked who has it")
                .isFalse();
        assertThat(viewer.from("127.0.0.1").by(credential).reaches(labelled, "web-1"))
                .isTrue();
    }

    private static String text(Random random, String letters, int length) {
        StringBuilder text = new StringBuilder();
        for (int position = 0; position < length; position++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    @Test
    void without_a_request_there_is_nobody() {
        assertThatThrownBy(Callers::current).isInstanceOf(NoSuchElementException.class);
    }
}
