package dev.stele.medium.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongConsumer;

/// The choices of one run after another: each run makes those of the run before but for the last that has another way,
/// and from there on the first of every new choice, until every way was gone.
final class ChoicePath {
    /// Work that ends with everything chosen behind the choices made so far.
    ///
    /// @param depth number of choices made before
    private record Part(int depth, long key, LongConsumer whole) {
    }

    // The choices of this run and how many there were to choose from.
    private int[] choices = new int[64];
    private int[] counts = new int[64];
    private int size;
    private int position;
    /// Choices, by place, that are made as several smaller ones instead.
    private final BitSet splits = new BitSet();
    private final List<Part> parts = new ArrayList<>();

    /// Begins a run.
    void begin() {
        position = 0;
    }

    /// @param count ways there are here
    /// @return the one to go
    int choose(int count) {
        if (count == 1) {
            return 0;
        }
        if (position < size) {
            if (counts[position] != count) {
                throw somethingElse();
            }
            return choices[position++];
        }
        if (size == choices.length) {
            choices = Arrays.copyOf(choices, size * 2);
            counts = Arrays.copyOf(counts, size * 2);
        }
        choices[size] = 0;
        counts[size++] = count;
        position++;
        return 0;
    }

    /// Place of the choice made last.
    int last() {
        return position - 1;
    }

    /// Whether the next choice is to be made as several smaller ones. Then it is passed over.
    boolean passSplit() {
        boolean isSplit = position < size && splits.get(position);
        position += isSplit ? 1 : 0;
        return isSplit;
    }

    /// Ends a run, and goes another way.
    ///
    /// @return whether there is one
    boolean next() {
        requireWhole();
        while (size > 0 && choices[size - 1] + 1 == counts[size - 1]) {
            splits.clear(--size);
        }
        while (!parts.isEmpty() && parts.getLast().depth >= size) {
            Part done = parts.removeLast();
            done.whole.accept(done.key);
        }
        if (size > 0) {
            choices[size - 1]++;
        }
        return size > 0;
    }

    /// Ends a run that is void, because the choice of this place must be made as several smaller ones.
    void split(int place) {
        requireWhole();
        size = place + 1;
        counts[place] = 1;
        choices[place] = 0;
        splits.clear(place, Integer.MAX_VALUE);
        splits.set(place);
        parts.removeIf(each -> each.depth > place);
    }

    private void requireWhole() {
        if (position != size) {
            throw somethingElse();
        }
    }

    private static IllegalStateException somethingElse() {
        return new IllegalStateException("what recovery reads depends on something else than the image");
    }

    /// Tells `whole` once every run that begins with the choices made so far has ended.
    void whenWhole(long key, LongConsumer whole) {
        if (parts.isEmpty() || parts.getLast().depth < position) {
            parts.add(new Part(position, key, whole));
        }
    }
}
