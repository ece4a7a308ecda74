package dev.tidemark.coordinator.api.server;

import dev.tidemark.coordinator.api.server.CallGraph.Member;
import dev.tidemark.coordinator.api.server.CallGraph.Reached;
import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.id.InvalidIdentity;
import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ValueConstants;

/**
 * The codes with which each operation may be refused, as its code tells: which codes its method can come to, what its parameters and its
 * body can be refused with, and what the pure core can say to the commands that it makes.
 */
final class PossibleCodes {
    private static final Path CLASSES = Path.of("target/classes/dev/tidemark/coordinator");
    private static final Path REFUSALS = Path.of("src/main/java/dev/tidemark/coordinator/Refusals.java");
    private static final String HERE = "dev/tidemark/coordinator/";
    private static final String REJECTION = HERE + "chain/Rejection$";
    private static final String COMMANDS = "dev/tidemark/schema/command/";

    /** The one switch by which a rejection gets its code. */
    private static final Pattern CODE = Pattern.compile(
            "case Rejection\\.(\\w+) \\w+ ->\\s*rejected\\(Kind\\.\\w+, (?:\"(\\w+)\"|Rejected\\.(\\w+)),");

    /** What whoever commits may meet, whatever it is. */
    private static final Set<String> OF_COMMITS = Set.of("MACHINE_BUSY", "CONFLICT", "OUTCOME_UNKNOWN");

    private final CallGraph graph = CallGraph.of(CLASSES);
    private final Map<String, String> codes = codesOfRejections();
    private final Set<String> all = Contract.published().problems().keySet();
    private final Map<String, Set<String>> commands = new HashMap<>();

    PossibleCodes() throws IOException {}

    private static Map<String, String> codesOfRejections() throws IOException {
        Map<String, String> codes = new HashMap<>();
        for (MatchResult found :
                CODE.matcher(Files.readString(REFUSALS)).results().toList()) {
            codes.put(found.group(1), found.group(2) == null ? found.group(3) : found.group(2));
        }
        return codes;
    }

    /** Each rejection of the core with its code. */
    Map<String, String> rejections() {
        return codes;
    }

    /** Each operation of the program with its codes. */
    Map<String, Set<String>> ofOperations() throws IOException, ClassNotFoundException {
        Map<String, Set<String>> possible = new TreeMap<>();
        try (Stream<Path> files = Files.list(CLASSES.resolve("api/resource"))) {
            for (Path file : files.filter(path -> path.toString().endsWith("Resource.class"))
                    .toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                for (Method method : Class.forName("dev.tidemark.coordinator.api.resource." + name)
                        .getDeclaredMethods()) {
                    RequestMapping mapping = AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
                    if (mapping != null) {
                        possible.computeIfAbsent(mapping.method()[0] + " " + mapping.path()[0], none -> new TreeSet<>())
                                .addAll(of(method));
                    }
                }
            }
        }
        return possible;
    }

    private Set<String> of(Method method) {
        Set<String> found = new TreeSet<>(bySignature(method));
        Reached reached = graph.from(
                new Member(
                        method.getDeclaringClass().getName().replace('.', '/'),
                        method.getName(),
                        MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                                .descriptorString()),
                PossibleCodes::elsewhere,
                PossibleCodes::saysNo);
        reached.texts().stream().filter(all::contains).forEach(found::add);
        found.addAll(ofRejections(reached));
        if (reached.made().contains(HERE + "api/Unreachable")) {
            found.add("MACHINE_UNAVAILABLE");
        }
        for (String made : reached.made()) {
            if (made.startsWith(COMMANDS)) {
                found.addAll(ofCommand(made));
            }
        }
        if (reached.members().stream()
                .anyMatch(member -> member.owner().equals(HERE + "api/Engine")
                        && member.name().equals("submit"))) {
            found.addAll(OF_COMMITS);
        }
        return found;
    }

    /** What these do is told otherwise, or is nobody's answer. */
    private static boolean elsewhere(Member member) {
        return member.owner().startsWith(HERE + "ledger/")
                || member.owner().startsWith(HERE + "dispatch/")
                || member.owner().startsWith(HERE + "monitor/")
                || member.owner().equals(HERE + "Refusals")
                || member.owner().equals(HERE + "api/edge/ProblemWriter")
                || (member.owner().equals(HERE + "CoordinatorEngine")
                        && Set.of("submit", "dryRun").contains(member.name()));
    }

    /** A code that somebody compares with is not yet one that he answers with. */
    private static boolean saysNo(Member member) {
        return member.owner().equals(HERE + "api/edge/Problem")
                || member.owner().equals(HERE + "api/edge/Refusal")
                || (member.owner().equals(HERE + "api/Rejected")
                        && member.name().equals("<init>"));
    }

    private Set<String> ofRejections(Reached reached) {
        Set<String> found = new TreeSet<>();
        for (String made : reached.made()) {
            if (made.startsWith(REJECTION)) {
                found.add(codes.getOrDefault(made.substring(REJECTION.length()), made));
            }
        }
        return found;
    }

    /** What the core may say to a command, and whoever stores what it has decided. */
    Set<String> ofCommand(String command) {
        return commands.computeIfAbsent(command, made -> {
            Set<String> found = new TreeSet<>();
            List<Member> deciders = graph.methods(member -> member.owner().startsWith(HERE + "chain/")
                    && member.descriptor()
                            .startsWith("(L" + made + ";L" + HERE + "chain/Machine;)L" + HERE + "chain/Decision;"));
            deciders.forEach(
                    decider -> found.addAll(ofRejections(graph.from(decider, member -> false, member -> false))));
            if (!deciders.isEmpty()) {
                if (made.endsWith("/RegisterMachine")) {
                    // The read model knows the names of all machines; a machine knows its own only.
                    found.add("NAME_TAKEN");
                } else {
                    // Before any of them is asked.
                    found.add(codes.getOrDefault("UnknownMachine", ""));
                }
            }
            return found;
        });
    }

    private static Set<String> bySignature(Method method) {
        Set<String> found = new TreeSet<>(Set.of("BAD_REQUEST", "UNKNOWN_PARAMETER"));
        RequestMapping mapping = AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
        if (mapping != null && !mapping.method()[0].name().equals("GET")) {
            found.add("PRECONDITION_UNSUPPORTED");
        }
        for (Parameter parameter : method.getParameters()) {
            RequestParam query = parameter.getAnnotation(RequestParam.class);
            if (query != null) {
                found.add("INVALID_PARAMETER");
                if (query.required() && query.defaultValue().equals(ValueConstants.DEFAULT_NONE)) {
                    found.add("MISSING_PARAMETER");
                }
            }
            if (parameter.isAnnotationPresent(RequestBody.class)) {
                found.addAll(Set.of(
                        "MALFORMED_JSON",
                        "MISSING_BODY",
                        "INVALID_MEMBER",
                        "UNSUPPORTED_MEDIA_TYPE",
                        "REQUEST_TOO_SLOW",
                        "BODY_TOO_SLOW"));
            }
            boolean named = query != null
                    || parameter.isAnnotationPresent(RequestBody.class)
                    || parameter.isAnnotationPresent(PathVariable.class);
            if (named && holdsNames(parameter.getParameterizedType(), new HashSet<>())) {
                found.add("INVALID_NAME");
            }
        }
        if (List.of(method.getExceptionTypes()).contains(LinkException.class)) {
            found.add("COORDINATOR_UNAVAILABLE");
            if (List.of(method.getParameterTypes()).contains(Report.class)) {
                found.add("GATEWAY_FENCED");
            }
        }
        return found;
    }

    /** Whether something in it has a form that a text may not have. */
    private static boolean holdsNames(Type type, Set<Type> seen) {
        return seen.add(type)
                && switch (type) {
                    case ParameterizedType generic ->
                        List.of(generic.getActualTypeArguments()).stream().anyMatch(part -> holdsNames(part, seen));
                    case Class<?> known
                    when known.getPackage() == InvalidIdentity.class.getPackage() -> known.isRecord();
                    case Class<?> known
                    when known.isRecord() -> {
                        boolean holds = false;
                        for (RecordComponent component : known.getRecordComponents()) {
                            holds |= holdsNames(component.getGenericType(), seen);
                        }
                        yield holds;
                    }
                    default -> false;
                };
    }
}
