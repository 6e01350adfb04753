package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// What [Removals] says of a directory, of those that look like it, and of others.
class RemovalTimesTest {
    private static final long DIRECTORY = 4711;

    private final Removals removals = new Removals();

    private static long like(long directory) {
        long other = directory + 1;
        while (Removals.stripe(other) != Removals.stripe(directory)) {
            other++;
        }
        return other;
    }

    private static long unlike(long directory) {
        return Removals.stripe(directory + 1) == Removals.stripe(directory) ? directory + 2 : directory + 1;
    }

    @Test
    void ofOthersNothingIsSaid() {
        long then = removals.now();
        removals.remove(unlike(DIRECTORY));
        removals.move(unlike(DIRECTORY));
        assertTrue(removals.isSame(DIRECTORY, then));
        assertTrue(removals.isInPlace(DIRECTORY, then));
        removals.move(like(DIRECTORY));
        assertTrue(removals.isSame(DIRECTORY, then));
        assertFalse(removals.isInPlace(DIRECTORY, then));
        removals.remove(like(DIRECTORY));
        assertFalse(removals.isSame(DIRECTORY, then));
        assertTrue(removals.isSame(DIRECTORY, removals.now()));
        assertTrue(removals.isInPlace(DIRECTORY, removals.now()));
    }
}
