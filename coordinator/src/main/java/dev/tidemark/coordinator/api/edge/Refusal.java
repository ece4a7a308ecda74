package dev.tidemark.coordinator.api.edge;

/** A request that the edge or a resource turns down, with the problem that says so. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public Refusal(Problem problem) {
        super(problem.detail());
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    /** What a path or a body names does not exist. */
    public static Refusal notFound(String code, String detail, String remedy) {
        return new Refusal(Problem.of(404, code, detail, remedy));
    }

    /** A member of the body does not make sense. */
    public static Refusal member(String field, String detail, String remedy) {
        return new Refusal(Problem.of(400, "INVALID_MEMBER", detail, remedy).withField(field));
    }

    /** A parameter of the query does not make sense. */
    public static Refusal parameter(String field, String detail, String remedy) {
        return new Refusal(Problem.of(400, "INVALID_PARAMETER", detail, remedy).withField(field));
    }
}
