package dev.stele.medium.sim;

import dev.stele.cpu.Native;
import dev.stele.medium.Medium;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// Lines that have lost their bytes. A verb that meets one fails; as on a machine whose kernel has taken the page away,
/// a load from anywhere in its page through the segment is a signal, of which the JVM makes an `InternalError`. Guarded
/// by the medium's monitor.
final class Poison {
    private static final int PAGE_SHIFT = 12;
    private static final int PAGE_BYTES = Medium.PAGE_BYTES;
    private static final int LINES_PER_PAGE = PAGE_BYTES / Medium.LINE_BYTES;
    private static final int READ_WRITE = Native.PROT_READ | Native.PROT_WRITE;

    private final BitSet lines = new BitSet();

    boolean isNone() {
        return lines.isEmpty();
    }

    /// First byte of the range in a bad line, -1 for none.
    long first(long at, long byteCount) {
        int line = lines.nextSetBit(Lines.lineOf(at));
        long bad = (long) line << Lines.LINE_SHIFT;
        return line < 0 || byteCount == 0 || bad >= at + byteCount ? -1 : Math.max(at, bad);
    }

    /// @throws InternalError as the JVM does of a signal
    void require(long at, long byteCount) {
        if (!lines.isEmpty() && first(at, byteCount) >= 0) {
            throw new InternalError("a fault occurred in a simulated access to byte " + first(at, byteCount));
        }
    }

    void add(long at, long byteCount, MemorySegment shown) {
        lines.set(Lines.lineOf(at), Lines.lineOf(at + byteCount - 1) + 1);
        for (long page = at >>> PAGE_SHIFT; page <= at + byteCount - 1 >>> PAGE_SHIFT; page++) {
            takeAway(page, shown);
        }
    }

    /// A page behind the end of a file, mapped over the one of the medium, is a signal at every access.
    private static void takeAway(long page, MemorySegment shown) {
        int nothing = Native.memfd("stele-poison", 0);
        try {
            Native.map(shown.address() + (page << PAGE_SHIFT), PAGE_BYTES, READ_WRITE,
                    Native.MAP_SHARED | Native.MAP_FIXED, nothing, 0);
        } finally {
            Native.close(nothing);
        }
    }

    /// The page can be read again.
    void remove(long page, MemorySegment shown, int descriptor) {
        int first = (int) page * LINES_PER_PAGE;
        if (lines.get(first, first + LINES_PER_PAGE).isEmpty()) {
            return;
        }
        lines.clear(first, first + LINES_PER_PAGE);
        Native.map(shown.address() + (page << PAGE_SHIFT), PAGE_BYTES, READ_WRITE,
                Native.MAP_SHARED | Native.MAP_FIXED, descriptor, page << PAGE_SHIFT);
    }

    void removeAll(MemorySegment shown, int descriptor) {
        for (int line = lines.nextSetBit(0); line >= 0; line = lines.nextSetBit(line)) {
            remove(line / LINES_PER_PAGE, shown, descriptor);
        }
    }

    /// The medium is shown at another address.
    void shownAt(MemorySegment shown) {
        lines.stream().forEach(line -> takeAway(line / LINES_PER_PAGE, shown));
    }

    int lineCount() {
        return lines.cardinality();
    }
}
