package dev.stele.crash;

/// Mixes words into a hash; not for adversaries.
final class Mix {
    private static final long FACTOR = 0x9E3779B97F4A7C15L;

    private Mix() {
    }

    static long of(long hash, long word) {
        long mixed = (hash ^ word) * FACTOR;
        return mixed ^ mixed >>> 29;
    }

    static long end(long hash) {
        long mixed = (hash ^ hash >>> 32) * 0xD6E8FEB86659FD93L;
        return mixed ^ mixed >>> 32;
    }
}
