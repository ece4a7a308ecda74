package dev.tidemark.schema.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * The one codec, for the log, the gateway contract and the HTTP interface. Strict on purpose: a member that nobody
 * knows, a key that comes twice, text where a number belongs, or anything behind the end is an error, because each of
 * them could be a wish that we would silently not fulfil.
 */
public final class Json {
    /** Deepest nesting that is read. */
    public static final int DEPTH_MAX = 64;

    /** Longest document that is read, in bytes. An observation of a machine with 3,000 bitmaps has about half a megabyte. */
    public static final long DOCUMENT_LENGTH_MAX = 16L * 1024 * 1024;

    /** Longest single text, in characters. */
    public static final int TEXT_LENGTH_MAX = 1024 * 1024;

    private static final int NUMBER_LENGTH_MAX = 32;

    /** Thread-safe, shared. */
    public static final JsonMapper MAPPER = strict(TEXT_LENGTH_MAX, DOCUMENT_LENGTH_MAX);

    /** Longest record that is read, in characters. */
    public static final int RECORD_LENGTH_MAX = 256 * 1024 * 1024;

    /** For stored records, which hold a whole document as one text; as strict, and thread-safe. */
    public static final JsonMapper RECORDS = strict(RECORD_LENGTH_MAX, RECORD_LENGTH_MAX);

    private Json() {}

    private static JsonMapper strict(int textLengthMax, long documentLengthMax) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH_MAX)
                        .maxDocumentLength(documentLengthMax)
                        .maxStringLength(textLengthMax)
                        .maxNumberLength(NUMBER_LENGTH_MAX)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        return JsonMapper.builder(factory)
                .annotationIntrospector(new PrimitivesRequired())
                .annotationIntrospector(new PrimitivesAreRequired())
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .changeDefaultPropertyInclusion(ignored ->
                        JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
                .build();
    }

    /**
     * A missing number would be read as 0 and a missing flag as false, whatever the features say: {@code recording}
     * would then be denied by silence. So every primitive has to be there.
     */
    private static final class PrimitivesAreRequired extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
            return member.getRawType().isPrimitive() ? Boolean.TRUE : super.hasRequiredMarker(config, member);
        }
    }

    /** A number or a truth that is not there is an error and not 0 or false: "inconsistent" left out is not "consistent". */
    private static final class PrimitivesRequired extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
            return (member instanceof AnnotatedParameter && member.getRawType().isPrimitive())
                    ? Boolean.TRUE
                    : super.hasRequiredMarker(config, member);
        }
    }
}
