package dev.stele.bench;

import java.util.Arrays;

/// How fast a work was lately: as in the fastest of the last slices. Were it the last one, a slice that was disturbed
/// would make all to come too short, and what is slow at the start of a slice, such as the first file of an empty
/// directory, too large a part of them.
final class Pace {
    private static final int SLICES = 8;

    private final double[] nanosPerOperation = new double[SLICES];
    private int sliceCount;

    void add(double nanos) {
        nanosPerOperation[sliceCount++ % SLICES] = nanos;
    }

    /// @return nanoseconds for one operation; at least one slice was added
    double fastest() {
        return Arrays.stream(nanosPerOperation, 0, Math.min(sliceCount, SLICES)).min().orElseThrow();
    }
}
