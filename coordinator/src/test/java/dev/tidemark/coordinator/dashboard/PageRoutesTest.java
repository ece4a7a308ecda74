package dev.tidemark.coordinator.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.tidemark.coordinator.security.Permission;
import dev.tidemark.coordinator.security.Role;
import dev.tidemark.coordinator.security.RoutePermissions;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;

/** No page is open by omission: each route in the room has a permission, and each permission a route. */
class PageRoutesTest {
    @Test
    void every_page_is_decided_and_nothing_else_is() {
        Set<String> routes = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter().importPackagesOf(PageResource.class)) {
            for (JavaMethod method : type.getMethods()) {
                method.tryGetAnnotationOfType(GetMapping.class)
                        .ifPresent(mapping -> add(routes, "GET ", mapping.value(), mapping.path()));
                method.tryGetAnnotationOfType(PostMapping.class)
                        .ifPresent(mapping -> add(routes, "POST ", mapping.value(), mapping.path()));
                assertThat(method.getAnnotations().stream()
                                .filter(one -> one.getRawType().isMetaAnnotatedWith(RequestMapping.class)
                                        || one.getRawType().isEquivalentTo(RequestMapping.class)))
                        .as(method.getFullName())
                        .allMatch(one -> one.getRawType().isEquivalentTo(GetMapping.class)
                                || one.getRawType().isEquivalentTo(PostMapping.class));
            }
        }
        assertThat(routes).isEqualTo(RoutePermissions.pages().keySet()).hasSizeGreaterThan(10);
    }

    @Test
    void pages_read_and_only_signing_in_and_out_is_posted() {
        RoutePermissions.pages().forEach((route, permission) -> {
            assertThat(permission).as(route).isIn(Permission.READ, Permission.AUDIT);
            assertThat(route).matches("GET .*|POST /ui/sign-(in|out)");
        });
        assertThat(Role.VIEWER.may(Permission.AUDIT)).isFalse();
    }

    private static void add(Set<String> routes, String method, String[] values, String[] paths) {
        for (String value : values) {
            routes.add(method + value);
        }
        for (String path : paths) {
            routes.add(method + path);
        }
    }
}
