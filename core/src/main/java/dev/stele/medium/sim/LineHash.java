package dev.stele.medium.sim;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A hash of 128 bits over whole images that is the sum, by exclusive or, of a hash of each line's number and content:
/// changing a line changes it in two steps, whatever the size of the image. Mutable; not for adversaries.
final class LineHash {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final long FIRST = 0x9E3779B97F4A7C15L;
    private static final long SECOND = 0xC2B2AE3D27D4EB4FL;

    long high;
    long low;

    void set(LineHash other) {
        high = other.high;
        low = other.low;
    }

    /// Adds a line, or takes it away.
    void toggle(int line, MemorySegment image) {
        long at = (long) line << Lines.LINE_SHIFT;
        long a = mix(line * FIRST + 1, SECOND);
        long b = mix(line * SECOND + 1, FIRST);
        for (int w = 0; w < Lines.LINE_WORDS; w++) {
            long word = image.get(WORD, at + w * 8L);
            a = (a ^ word) * FIRST;
            a ^= a >>> 32;
            b = (b + word) * SECOND;
            b ^= b >>> 29;
        }
        high ^= mix(a, FIRST);
        low ^= mix(b, SECOND);
    }

    /// As [#toggle(int, MemorySegment)], for content that stands nowhere.
    void toggle(int line, long[] words) {
        long a = mix(line * FIRST + 1, SECOND);
        long b = mix(line * SECOND + 1, FIRST);
        for (int w = 0; w < Lines.LINE_WORDS; w++) {
            a = (a ^ words[w]) * FIRST;
            a ^= a >>> 32;
            b = (b + words[w]) * SECOND;
            b ^= b >>> 29;
        }
        high ^= mix(a, FIRST);
        low ^= mix(b, SECOND);
    }

    static long mix(long value, long by) {
        long mixed = (value ^ value >>> 31) * by;
        return mixed ^ mixed >>> 33;
    }
}
