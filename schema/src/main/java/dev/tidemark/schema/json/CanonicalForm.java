package dev.tidemark.schema.json;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How values of one type stand in a {@link CanonicalText}. Made by {@link CanonicalForms}; knows no type that may hold itself. */
interface CanonicalForm {
    Object read(CanonicalText text);

    /** What a member is that is not there. */
    default Object absent() {
        throw new NotCanonical();
    }

    /** What is made of a text, a number or a truth. */
    record Scalar<T>(Function<CanonicalText, T> reading, Function<T, Object> making) implements CanonicalForm {
        @Override
        public Object read(CanonicalText text) {
            return making.apply(reading.apply(text));
        }
    }

    /** One of a few texts. */
    record Constant(Map<String, Object> constants, RecentValues recent) implements CanonicalForm {
        Constant(Map<String, Object> constants) {
            this(constants, new RecentValues());
        }

        @Override
        public Object read(CanonicalText text) {
            return text.text(recent, this::constant);
        }

        private Object constant(String written) {
            Object constant = constants.get(written);
            if (constant == null) {
                throw new NotCanonical();
            }
            return constant;
        }
    }

    /** A record that is written as the text which it holds. */
    record Wrapped(Constructing constructing, RecentValues recent) implements CanonicalForm {
        Wrapped(Constructing constructing) {
            this(constructing, new RecentValues());
        }

        @Override
        public Object read(CanonicalText text) {
            return text.text(recent, this::wrapped);
        }

        private Object wrapped(String value) {
            if (value.isEmpty()) {
                throw new NotCanonical();
            }
            return constructing.of(value);
        }
    }

    /** Something that need not be there. */
    record Possible(CanonicalForm form, Function<Object, Object> present, Object nothing) implements CanonicalForm {
        @Override
        public Object read(CanonicalText text) {
            Object value = form.read(text);
            // Whether an empty text is a text or nothing is the codec's to know.
            if (value.equals("")) {
                throw new NotCanonical();
            }
            return present.apply(value);
        }

        @Override
        public Object absent() {
            return nothing;
        }

        static Possible of(CanonicalForm form) {
            return new Possible(form, Optional::of, Optional.empty());
        }
    }

    /** Several of one kind. */
    record Several(CanonicalForm form) implements CanonicalForm {
        @Override
        public Object read(CanonicalText text) {
            text.expect('[');
            if (text.take(']')) {
                return List.of();
            }
            List<Object> values = new ArrayList<>();
            do {
                values.add(form.read(text));
            } while (text.take(','));
            text.expect(']');
            return List.copyOf(values);
        }
    }

    /** A record with its members in any order. */
    record Members(List<CanonicalText.Name> names, List<CanonicalForm> forms, Constructing constructing)
            implements CanonicalForm {
        @Override
        public Object read(CanonicalText text) {
            text.expect('{');
            return text.take('}') ? made(new @Nullable Object[forms.size()]) : members(text);
        }

        /** Behind another member, which is not one of these. */
        Object readOn(CanonicalText text) {
            if (text.take('}')) {
                return made(new @Nullable Object[forms.size()]);
            }
            text.expect(',');
            return members(text);
        }

        private Object members(CanonicalText text) {
            @Nullable Object[] values = new @Nullable Object[forms.size()];
            int next = 0;
            do {
                int member = member(text, next);
                if (values[member] != null) {
                    throw new NotCanonical();
                }
                values[member] = forms.get(member).read(text);
                next = member + 1;
            } while (text.take(','));
            text.expect('}');
            return made(values);
        }

        /** They mostly come in their order. */
        private int member(CanonicalText text, int first) {
            for (int index = first; index < names.size(); index++) {
                if (text.take(names.get(index))) {
                    return index;
                }
            }
            for (int index = 0; index < first; index++) {
                if (text.take(names.get(index))) {
                    return index;
                }
            }
            throw new NotCanonical();
        }

        private Object made(@Nullable Object[] values) {
            for (int index = 0; index < values.length; index++) {
                if (values[index] == null) {
                    values[index] = forms.get(index).absent();
                }
            }
            return constructing.of(values);
        }
    }

    /** One of several records, told apart by a member that comes first. */
    record OneOf(CanonicalText.Name name, Map<String, Members> kinds) implements CanonicalForm {
        @Override
        public Object read(CanonicalText text) {
            text.expect('{');
            if (!text.take(name)) {
                throw new NotCanonical();
            }
            Members members = kinds.get(text.text());
            if (members == null) {
                throw new NotCanonical();
            }
            return members.readOn(text);
        }
    }

    /** A record's constructor. What it refuses the codec refuses with its reasons. */
    final class Constructing {
        private final MethodHandle constructor;

        Constructing(MethodHandle constructor) {
            this.constructor = constructor
                    .asFixedArity()
                    .asSpreader(Object[].class, constructor.type().parameterCount())
                    .asType(MethodType.methodType(Object.class, Object[].class));
        }

        Object of(@Nullable Object... values) {
            try {
                return (Object) constructor.invokeExact(values);
            } catch (RuntimeException refused) {
                throw new NotCanonical();
            } catch (Error failure) {
                throw failure;
            } catch (Throwable checked) {
                throw new NotCanonical();
            }
        }
    }
}
