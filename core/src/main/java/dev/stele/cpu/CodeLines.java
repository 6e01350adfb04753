package dev.stele.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/// The tier of machine code.
final class CodeLines extends CacheLines {
    // fails, and so does the class, where the processor has no fit instruction or the kernel wants no code
    static final CodePage PAGE = CodePage.load(Processor.best());

    /// The handles are constants of a class, so that a call is inlined to a jump; of one of its own, because who only
    /// asks which tier serves need not wait for them.
    private static final class Call {
        static final MethodHandle FLUSH = PAGE.flushHandle(JAVA_LONG);
        static final MethodHandle PERSIST = PAGE.persistHandle(JAVA_LONG);
        static final MethodHandle PERSIST_WHILE = PAGE.persistWhileHandle();
        static final MethodHandle DRAIN = PAGE.drainHandle();
        static final MethodHandle COPY = PAGE.copyHandle(JAVA_LONG);
        static final MethodHandle COPY_WHILE = PAGE.copyWhileHandle();
        static final MethodHandle ZERO = PAGE.zeroHandle(JAVA_LONG);
    }

    /// Apart from the others, because few programs ever ask for it.
    private static final class Invalidation {
        static final MethodHandle INVALIDATE = PAGE.invalidateHandle(JAVA_LONG);
    }

    static String instructions() {
        return PAGE.name();
    }

    @Override
    public CacheLines held() {
        return HeldCodeLines.INSTANCE;
    }

    @Override
    public boolean canInvalidate() {
        return true;
    }

    @Override
    void flushLines(MemorySegment of, long at, long byteCount) {
        try {
            Call.FLUSH.invokeExact(of.address(), at, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
    }

    @Override
    void persistLines(MemorySegment of, long at, long byteCount) {
        try {
            Call.PERSIST.invokeExact(of.address(), at, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
    }

    @Override
    void persistLines(Lifetime lifetime, MemorySegment of, long at, long byteCount) {
        try {
            Call.PERSIST_WHILE.invokeExact(lifetime.address(), of.address(), at, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
        lifetime.requireNotOver();
        Reference.reachabilityFence(of);
    }

    @Override
    void copyLines(Lifetime lifetime, MemorySegment to, long at, MemorySegment from, long fromAt, long byteCount) {
        try {
            Call.COPY_WHILE.invokeExact(lifetime.address(), to.address(), at, from, fromAt, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
        lifetime.requireNotOver();
        Reference.reachabilityFence(to);
    }

    @Override
    void invalidateLines(MemorySegment of, long at, long byteCount) {
        try {
            Invalidation.INVALIDATE.invokeExact(of.address() + at, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
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
            Call.COPY.invokeExact(to.address(), at, from, fromAt, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
    }

    @Override
    void zeroLines(MemorySegment to, long at, long byteCount) {
        try {
            Call.ZERO.invokeExact(to.address(), at, byteCount);
        } catch (Throwable t) {
            throw never(t);
        }
    }

    /// Machine code throws nothing; the linkage may (a segment already closed).
    static RuntimeException never(Throwable thrown) {
        if (thrown instanceof RuntimeException unchecked) {
            return unchecked;
        }
        throw new AssertionError(thrown);
    }
}
