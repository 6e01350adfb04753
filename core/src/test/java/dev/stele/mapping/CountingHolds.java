package dev.stele.mapping;

import java.util.Map;
import java.util.TreeMap;

/// Holds by block, that fail when released once too often.
final class CountingHolds implements BlockHolds {
    private final Map<Long, Integer> counts = new TreeMap<>();

    @Override
    public synchronized void hold(long mediumBlock, long count) {
        for (long block = mediumBlock; block < mediumBlock + count; block++) {
            counts.merge(block, 1, Integer::sum);
        }
    }

    @Override
    public synchronized void release(long mediumBlock, long count) {
        for (long block = mediumBlock; block < mediumBlock + count; block++) {
            if (!counts.containsKey(block)) {
                throw new AssertionError("block " + block + " is not held");
            }
            counts.computeIfPresent(block, (b, n) -> n == 1 ? null : n - 1);
        }
    }

    synchronized Map<Long, Integer> held() {
        return new TreeMap<>(counts);
    }
}
