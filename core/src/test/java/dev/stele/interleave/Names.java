package dev.stele.interleave;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/// Keys of what tasks share, the same in every run however the tasks are interleaved.
///
/// An object that the preparation of a run touches gets the number of its first touch there, for the preparation is
/// always the same. One that is first touched by a task has no such number: all of its class share one key. That may
/// call two transitions dependent that are not, which costs time, but never the other way round.
final class Names {
    private static final int KIND_SHIFT = 56;
    private static final long LINE = 1L << KIND_SHIFT;
    private static final long OBJECT = 2L << KIND_SHIFT;
    private static final long CLASS = 3L << KIND_SHIFT;
    private static final long WORD = 4L << KIND_SHIFT;

    /// Every drain writes it, every store reads it: the order of the two decides what a power cut may leave.
    static final long MEDIUM = 5L << KIND_SHIFT;

    /// Kept from run to run.
    private final Map<String, Integer> words = new HashMap<>();
    private Map<Object, Integer> known = new IdentityHashMap<>();
    private int fingerprint;
    private boolean isPreparing;

    /// A new run: objects of the one before are forgotten.
    void begin() {
        known = new IdentityHashMap<>();
        fingerprint = 0;
        isPreparing = true;
    }

    /// The tasks begin: what is touched beside them from now on is none of their business.
    void prepared() {
        isPreparing = false;
    }

    /// The preparation of a run touches an object.
    void know(Object object) {
        if (isPreparing && known.putIfAbsent(object, known.size()) == null) {
            fingerprint = fingerprint * 31 + object.getClass().getName().hashCode();
        }
    }

    /// Of the objects that the preparation has touched, in order: the same in every run, or names mean nothing.
    int fingerprint() {
        return fingerprint;
    }

    long of(Object object, String part) {
        Integer number = known.get(object);
        return number != null ? OBJECT | (long) number << 24 | number(part)
                : CLASS | number(object.getClass().getName() + "." + part);
    }

    long ofWord(String word) {
        return WORD | number(word);
    }

    static long ofLine(long line) {
        return LINE | line;
    }

    private int number(String word) {
        return words.computeIfAbsent(word, any -> words.size());
    }
}
