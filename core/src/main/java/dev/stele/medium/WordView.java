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

    /// Writes a whole block by a system call, which mends what cannot be read.
    interface BlockWriter {
        void write(long at, MemorySegment content);
    }

    private final StoreGuard guard;
    /// null where there is no other way than to store
    private BlockWriter writer;
    /// whether a page may fail that was there before
    private boolean isOfPages;

    WordView(PersistenceCounters counters, MemorySegment segment, StoreGuard guard) {
        super(counters, segment);
        this.guard = guard;
    }

    /// The pages are those of a file on a disk.
    void ofPages() {
        isOfPages = true;
    }

    @Override
    protected final void loadBytes(long at, MemorySegment to, long toAt, long byteCount) {
        super.loadBytes(at, to, toAt, byteCount);
        if (isOfPages) {
            Medium.awaitFaults();
        }
    }

    void replacesBy(BlockWriter other) {
        writer = other;
    }

    @Override
    protected final boolean replaceBlock(long at, MemorySegment content) {
        if (writer == null) {
            return false;
        }
        writer.write(at, content);
        return true;
    }

    @Override
    protected final void storeInt(long at, int value) {
        MemorySegment to = guarded(at, Integer.BYTES);
        INT.set(to, at, value);
        awaitFaults();
    }

    @Override
    protected final void storeLong(long at, long value) {
        MemorySegment to = guarded(at, Long.BYTES);
        LONG.set(to, at, value);
        awaitFaults();
    }

    @Override
    protected final void storeSetBits(long at, long mask) {
        MemorySegment to = guarded(at, Long.BYTES);
        long before = (long) LONG.getAndBitwiseOr(to, at, mask);
        awaitFaults();
    }

    @Override
    protected final void storeClearBits(long at, long mask) {
        MemorySegment to = guarded(at, Long.BYTES);
        long before = (long) LONG.getAndBitwiseAnd(to, at, ~mask);
        awaitFaults();
    }

    @Override
    protected final void storeBytes(long at, MemorySegment source, long sourceAt, long byteCount) {
        MemorySegment to = guarded(at, byteCount);
        MemorySegment.copy(source, sourceAt, to, at, byteCount);
        awaitFaults();
    }

    /// What can be mended must be known in time, and so must what a disk fails to bring.
    private void awaitFaults() {
        if (writer != null || isOfPages) {
            Medium.awaitFaults();
        }
    }

    @Override
    protected final void storeZeros(long at, long byteCount) {
        MemorySegment to = guarded(at, byteCount);
        to.asSlice(at, byteCount).fill((byte) 0);
        awaitFaults();
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
