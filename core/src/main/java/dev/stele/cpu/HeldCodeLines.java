package dev.stele.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The tier of machine code, with the segments given as such: each call keeps them from being closed until it returns.
final class HeldCodeLines extends CacheLines {
    static final HeldCodeLines INSTANCE = new HeldCodeLines();

    private static final class Call {
        static final MethodHandle FLUSH = CodeLines.PAGE.flushHandle(ADDRESS);
        static final MethodHandle PERSIST = CodeLines.PAGE.persistHandle(ADDRESS);
        static final MethodHandle DRAIN = CodeLines.PAGE.drainHandle();
        static final MethodHandle COPY = CodeLines.PAGE.copyHandle(ADDRESS);
        static final MethodHandle ZERO = CodeLines.PAGE.zeroHandle(ADDRESS);
    }

    private static final class Invalidation {
        static final MethodHandle INVALIDATE = CodeLines.PAGE.invalidateHandle(ADDRESS);
    }

    private HeldCodeLines() {
    }

    @Override
    public boolean canInvalidate() {
        return true;
    }

    @Override
    void flushLines(MemorySegment of, long at, long byteCount) {
        try {
            Call.FLUSH.invokeExact(of, at, byteCount);
        } catch (Throwable t) {
            throw CodeLines.never(t);
        }
    }

    @Override
    void persistLines(MemorySegment of, long at, long byteCount) {
        try {
            Call.PERSIST.invokeExact(of, at, byteCount);
        } catch (Throwable t) {
            throw CodeLines.never(t);
        }
    }

    @Override
    void invalidateLines(MemorySegment of, long at, long byteCount) {
        try {
            Invalidation.INVALIDATE.invokeExact(of.asSlice(at, byteCount), byteCount);
        } catch (Throwable t) {
            throw CodeLines.never(t);
        }
    }

    @Override
    public void drain() {
        try {
            Call.DRAIN.invokeExact();
        } catch (Throwable t) {
            throw CodeLines.never(t);
        }
    }

    @Override
    void copyLines(MemorySegment to, long at, MemorySegment from, long fromAt, long byteCount) {
        try {
            Call.COPY.invokeExact(to, at, from, fromAt, byteCount);
        } catch (Throwable t) {
            throw CodeLines.never(t);
        }
    }

    @Override
    void zeroLines(MemorySegment to, long at, long byteCount) {
        try {
            Call.ZERO.invokeExact(to, at, byteCount);
        } catch (Throwable t) {
            throw CodeLines.never(t);
        }
    }
}
