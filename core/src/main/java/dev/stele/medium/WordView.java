package dev.stele.medium;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// A view that stores with the CPU's ordinary stores and leaves sending lines to its subclasses.
///
/// A file that shrinks under its mapping, or a page that its disk cannot read, is a signal at the store; the JVM makes
/// an `InternalError` of it when Java code stores, and this class makes EIO of that.
abstract class WordView extends View {
    private static final VarHandle INT =
            ValueLayout.JAVA_INT.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle LONG =
            ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private final StoreGuard guard;

    WordView(PersistenceCounters counters, MemorySegment segment, StoreGuard guard) {
        super(counters, segment);
        this.guard = guard;
    }

    @Override
    protected final void storeInt(long at, int value) {
        MemorySegment to = guarded(at, Integer.BYTES);
        INT.set(to, at, value);
    }

    @Override
    protected final void storeLong(long at, long value) {
        MemorySegment to = guarded(at, Long.BYTES);
        LONG.set(to, at, value);
    }

    @Override
    protected final void storeSetBits(long at, long mask) {
        MemorySegment to = guarded(at, Long.BYTES);
        long before = (long) LONG.getAndBitwiseOr(to, at, mask);
    }

    @Override
    protected final void storeClearBits(long at, long mask) {
        MemorySegment to = guarded(at, Long.BYTES);
        long before = (long) LONG.getAndBitwiseAnd(to, at, ~mask);
    }

    @Override
    protected final void storeBytes(long at, MemorySegment source, long sourceAt, long byteCount) {
        MemorySegment to = guarded(at, byteCount);
        MemorySegment.copy(source, sourceAt, to, at, byteCount);
    }

    @Override
    protected final void storeZeros(long at, long byteCount) {
        MemorySegment to = guarded(at, byteCount);
        to.asSlice(at, byteCount).fill((byte) 0);
    }

    /// The segment, once the guard has let a store to the range pass.
    final MemorySegment guarded(long at, long byteCount) {
        MemorySegment to = segment();
        if (!to.scope().isAlive()) {
            throw new IllegalStateException("the medium is closed");
        }
        if (to.isReadOnly()) {
            throw new VolumeException(Errno.EROFS, "the medium is open for reading only");
        }
        guard.beforeStore(at, byteCount);
        return to;
    }
}
