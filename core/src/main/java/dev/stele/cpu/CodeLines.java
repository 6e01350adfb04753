package dev.stele.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The tier of machine code. The handles are constants of this class, so that a call is inlined to a jump.
final class CodeLines extends CacheLines {
    private static final CodePage PAGE = CodePage.load(bestSource());
    private static final MethodHandle FLUSH = PAGE.flush();
    private static final MethodHandle DRAIN = PAGE.drain();
    private static final MethodHandle COPY = PAGE.copy();
    private static final MethodHandle ZERO = PAGE.zero();

    /// @throws dev.stele.error.VolumeException where the processor has no fit instruction
    static CodePage.Source bestSource() {
        return Processor.best();
    }

    static String instructions() {
        return PAGE.name();
    }

    @Override
    void flushLines(long address, long byteCount) {
        try {
            FLUSH.invokeExact(address, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
    }

    @Override
    public void drain() {
        try {
            DRAIN.invokeExact();
        } catch (Throwable t) {
            throw never(t);
        }
    }

    @Override
    void copyLines(MemorySegment to, long at, MemorySegment from, long fromAt, long byteCount) {
        try {
            // the handle keeps `from` alive during the call
            COPY.invokeExact(to.address() + at, from, fromAt, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
    }

    @Override
    void zeroLines(MemorySegment to, long at, long byteCount) {
        try {
            ZERO.invokeExact(to.address() + at, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
    }

    /// Machine code throws nothing; the linkage may (a segment already closed).
    private static RuntimeException never(Throwable thrown) {
        if (thrown instanceof RuntimeException unchecked) {
            return unchecked;
        }
        throw new AssertionError(thrown);
    }
}
