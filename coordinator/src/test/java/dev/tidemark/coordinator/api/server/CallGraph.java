package dev.tidemark.coordinator.api.server;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which method of the program may call which, read from its classes: what a method reaches it may do, and what it does not reach it
 * does not do. A call through an interface reaches everybody who implements it here.
 */
final class CallGraph {
    private final Map<Member, Body> bodies = new HashMap<>();
    private final Map<String, Set<String>> parents = new HashMap<>();
    private final Map<String, Set<String>> children = new HashMap<>();

    /** A method; its class as class files name it. */
    record Member(String owner, String name, String descriptor) {}

    /** What the code of a method calls, makes and says. */
    private record Body(Set<Member> calls, Set<String> made, Set<String> texts) {
        Body() {
            this(new HashSet<>(), new HashSet<>(), new HashSet<>());
        }
    }

    /** What can be reached from somewhere: the classes of what is made on the way, and the texts. */
    record Reached(Set<String> made, Set<String> texts, Set<Member> members) {}

    private CallGraph() {}

    static CallGraph of(Path classes) throws IOException {
        CallGraph graph = new CallGraph();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".class")).toList()) {
                graph.read(ClassFile.of().parse(file));
            }
        }
        return graph;
    }

    private void read(ClassModel model) {
        String name = model.thisClass().asInternalName();
        Set<String> above = new HashSet<>();
        model.superclass().ifPresent(parent -> above.add(parent.asInternalName()));
        model.interfaces().forEach(parent -> above.add(parent.asInternalName()));
        parents.put(name, above);
        above.forEach(parent ->
                children.computeIfAbsent(parent, none -> new HashSet<>()).add(name));
        for (MethodModel method : model.methods()) {
            Body body = new Body();
            method.code().ifPresent(code -> code.forEach(element -> read(element, body)));
            bodies.put(
                    new Member(
                            name,
                            method.methodName().stringValue(),
                            method.methodType().stringValue()),
                    body);
        }
    }

    private static void read(CodeElement element, Body body) {
        switch (element) {
            case InvokeInstruction call ->
                body.calls()
                        .add(new Member(
                                call.owner().asInternalName(),
                                call.name().stringValue(),
                                call.type().stringValue()));
            case InvokeDynamicInstruction lambda -> lambda.bootstrapArgs().forEach(argument -> read(argument, body));
            case NewObjectInstruction made -> body.made().add(made.className().asInternalName());
            case ConstantInstruction.LoadConstantInstruction constant -> {
                if (constant.constantValue() instanceof String text) {
                    body.texts().add(text);
                }
            }
            default -> {}
        }
    }

    private static void read(ConstantDesc argument, Body body) {
        if (argument instanceof DirectMethodHandleDesc handle) {
            String owner = handle.owner().descriptorString();
            String name = owner.substring(1, owner.length() - 1);
            if (handle.kind() == DirectMethodHandleDesc.Kind.CONSTRUCTOR) {
                body.made().add(name);
            }
            body.calls().add(new Member(name, handle.methodName(), handle.lookupDescriptor()));
        }
    }

    /** The methods of a class and its kin that are called so, whatever they take. */
    List<Member> methods(Predicate<Member> wanted) {
        return bodies.keySet().stream().filter(wanted).toList();
    }

    /**
     * All that the method may come to, if nobody goes on from where {@code end} says. Texts are those of methods that call what
     * {@code saying} names.
     */
    Reached from(Member root, Predicate<Member> end, Predicate<Member> saying) {
        Set<String> made = new TreeSet<>();
        Set<String> texts = new TreeSet<>();
        Set<Member> seen = new HashSet<>();
        Deque<Member> open = new ArrayDeque<>();
        open.add(root);
        while (!open.isEmpty()) {
            Member member = open.pop();
            if (seen.add(member) && !end.test(member)) {
                Body body = bodies.get(member);
                if (body == null) {
                    // Declared above: whoever inherits it calls it there.
                    parents.getOrDefault(member.owner(), Set.of())
                            .forEach(parent -> open.add(new Member(parent, member.name(), member.descriptor())));
                } else {
                    made.addAll(body.made());
                    if (body.calls().stream().anyMatch(saying)) {
                        texts.addAll(body.texts());
                    }
                    open.addAll(body.calls());
                }
                if (!member.name().equals("<init>")) {
                    children.getOrDefault(member.owner(), Set.of()).stream()
                            .map(child -> new Member(child, member.name(), member.descriptor()))
                            .filter(child -> bodies.containsKey(child) || children.containsKey(child.owner()))
                            .forEach(open::add);
                }
            }
        }
        return new Reached(made, texts, seen);
    }
}
