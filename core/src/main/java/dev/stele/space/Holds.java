package dev.stele.space;

import java.util.Map;
import java.util.TreeMap;

/// How often each block of a group is held: a step function. A key begins a step, its value is the number of holds from
/// there to the next key; what is left of the first key is held by nobody.
final class Holds {
    private final TreeMap<Integer, Integer> steps = new TreeMap<>();

    void add(int from, int to) {
        change(from, to, 1);
    }

    void remove(int from, int to) {
        change(from, to, -1);
    }

    boolean isHeld(int bit) {
        return at(bit) > 0;
    }

    boolean isEmpty() {
        return steps.isEmpty();
    }

    /// The first bit behind `bit` where the number of holds is another, `end` at most.
    int nextChange(int bit, int end) {
        Integer next = steps.higherKey(bit);
        return next == null ? end : Math.min(end, next);
    }

    private int at(int bit) {
        Map.Entry<Integer, Integer> step = steps.floorEntry(bit);
        return step == null ? 0 : step.getValue();
    }

    private void change(int from, int to, int delta) {
        steps.put(from, at(from));
        steps.put(to, at(to));
        for (Map.Entry<Integer, Integer> step : steps.subMap(from, to).entrySet()) {
            assert step.getValue() + delta >= 0 : "released more often than held";
            step.setValue(step.getValue() + delta);
        }
        joinEqual(from, to);
    }

    private void joinEqual(int from, int to) {
        Map.Entry<Integer, Integer> below = steps.lowerEntry(from);
        int before = below == null ? 0 : below.getValue();
        var inside = steps.subMap(from, true, to, true).values().iterator();
        while (inside.hasNext()) {
            int here = inside.next();
            if (here == before) {
                inside.remove();
            }
            before = here;
        }
    }
}
