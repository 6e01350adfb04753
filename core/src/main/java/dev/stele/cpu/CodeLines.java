package dev.stele.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The tier of machine code.
final class CodeLines extends CacheLines {
    // fails, and so does the class, where the processor has no fit instruction or the kernel wants no code
    private static final CodePage PAGE = CodePage.load(Processor.best());

    /// The handles are constants of a class, so that a call is inlined to a jump; of one of its own, because who only
    /// asks which tier serves need not wait for them.
    private static final class Call {
        static final MethodHandle FLUSH = PAGE.flushHandle();
        static final MethodHandle PERSIST = PAGE.persistHandle();
        static final MethodHandle DRAIN = PAGE.drainHandle();
        static final MethodHandle COPY = PAGE.copyHandle();
        static final MethodHandle ZERO = PAGE.zeroHandle();
    }

    /// Apart from the others, because few programs ever ask for it.
    private static final class Invalidation {
        static final MethodHandle INVALIDATE = PAGE.invalidateHandle();
    }

    static String instructions() {
        return PAGE.name();
    }

    @Override
    void flushLines(long address, long byteCount) {
        try {
            Call.FLUSH.invokeExact(address, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
    }

    @Override
    void persistLines(long address, long byteCount) {
        try {
            Call.PERSIST.invokeExact(address, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
    }

    @Override
    void invalidateLines(long address, long byteCount) {
        try {
            Invalidation.INVALIDATE.invokeExact(address, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
    }

    @Override
    public boolean canInvalidate() {
        return true;
    }

    @Override
    public void drain() {
        try {
            Call.DRAIN.invokeExact();
        } catch (Throwable t) {
            throw never(t);
        }
    }

    @Override
    void copyLines(MemorySegment to, long at, MemorySegment from, long fromAt, long byteCount) {
        try {
            // the handle keeps `from` alive during the call
            Call.COPY.invokeExact(to.address() + at, from, fromAt, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
    }

    @Override
    void zeroLines(MemorySegment to, long at, long byteCount) {
        try {
            Call.ZERO.invokeExact(to.address() + at, byteCount);
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
