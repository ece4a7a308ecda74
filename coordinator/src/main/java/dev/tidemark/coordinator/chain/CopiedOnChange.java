package dev.tidemark.coordinator.chain;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A list that can be changed, made of one that must not be: copied with the first change, and most events change none or one. */
final class CopiedOnChange<T> extends AbstractList<T> {
    private List<T> list;
    private boolean copied;

    CopiedOnChange(List<T> list) {
        this.list = list;
    }

    /** As it is now; the very list that it was made of if nothing has changed. */
    List<T> list() {
        return list;
    }

    @Override
    public T get(int index) {
        return list.get(index);
    }

    @Override
    public int size() {
        return list.size();
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very same, not one that is equal
    public T set(int index, T element) {
        // Whoever replaces all of them mostly means one.
        return list.get(index) == element ? element : changing().set(index, element);
    }

    @Override
    public void add(int index, T element) {
        changing().add(index, element);
        modCount++;
    }

    @Override
    public T remove(int index) {
        modCount++;
        return changing().remove(index);
    }

    /** Without the iterator that a list has for this: of many it mostly changes one. */
    @Override
    public void replaceAll(UnaryOperator<T> change) {
        int size = list.size();
        for (int index = 0; index < size; index++) {
            set(index, change.apply(list.get(index)));
        }
    }

    /** Mostly none is to go, and then nothing is copied. */
    @Override
    public boolean removeIf(Predicate<? super T> gone) {
        for (int index = 0; index < list.size(); index++) {
            if (gone.test(list.get(index))) {
                modCount++;
                return changing().removeIf(gone);
            }
        }
        return false;
    }

    private List<T> changing() {
        if (!copied) {
            list = new ArrayList<>(list);
            copied = true;
        }
        return list;
    }
}
