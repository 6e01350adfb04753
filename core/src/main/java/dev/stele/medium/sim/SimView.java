package dev.stele.medium.sim;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stele.medium.PersistenceCounters;
import dev.stele.medium.View;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// The verbs on simulated memory: each does what it says to the cache and has the medium record it, under its monitor.
final class SimView extends View {
    private static final VarHandle INT =
            ValueLayout.JAVA_INT.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle LONG =
            ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private final SimMedium medium;

    SimView(SimMedium medium, MemorySegment segment) {
        super(medium.counters(), segment);
        this.medium = medium;
    }

    void grown(MemorySegment larger) {
        replaceSegment(larger);
    }

    private MemorySegment cells() {
        return medium.cells();
    }

    @Override
    protected void loadBytes(long at, MemorySegment to, long toAt, long byteCount) {
        synchronized (medium) {
            medium.requireReadable(at, byteCount);
            medium.beforeRead(at, toAt, byteCount);
        }
        MemorySegment.copy(cells(), at, to, toAt, byteCount);
    }

    @Override
    protected boolean replaceBlock(long at, MemorySegment content) {
        synchronized (medium) {
            medium.cure(at);
            sendBytes(at, content, 0, content.byteSize());
            return true;
        }
    }

    @Override
    protected void storeInt(long at, int value) {
        synchronized (medium) {
            int before = (int) INT.get(cells(), at);
            medium.beforeStore(at, Integer.BYTES);
            INT.set(cells(), at, value);
            medium.afterStore(at, Integer.BYTES, Store.ORDERED);
        }
    }

    @Override
    protected void storeLong(long at, long value) {
        synchronized (medium) {
            long before = (long) LONG.get(cells(), at);
            medium.beforeStore(at, Long.BYTES);
            LONG.set(cells(), at, value);
            medium.afterStore(at, Long.BYTES, Store.ORDERED);
        }
    }

    @Override
    protected void storeSetBits(long at, long mask) {
        synchronized (medium) {
            medium.beforeLoad(at);
            storeLong(at, (long) LONG.get(cells(), at) | mask);
        }
    }

    @Override
    protected void storeClearBits(long at, long mask) {
        synchronized (medium) {
            medium.beforeLoad(at);
            storeLong(at, (long) LONG.get(cells(), at) & ~mask);
        }
    }

    @Override
    protected void storeBytes(long at, MemorySegment source, long sourceAt, long byteCount) {
        copy(at, source, sourceAt, byteCount, Store.ORDERED);
    }

    @Override
    protected void storeZeros(long at, long byteCount) {
        zero(at, byteCount, Store.ORDERED);
    }

    @Override
    protected void sendBytes(long at, MemorySegment source, long sourceAt, long byteCount) {
        synchronized (medium) {
            copy(at, source, sourceAt, byteCount, Thread.currentThread().threadId());
            medium.sent(at, byteCount, true);
        }
    }

    @Override
    protected void sendZeros(long at, long byteCount) {
        synchronized (medium) {
            zero(at, byteCount, Thread.currentThread().threadId());
            medium.sent(at, byteCount, true);
        }
    }

    @Override
    protected void sendLines(long at, long byteCount) {
        synchronized (medium) {
            medium.beforeFlush(at, byteCount);
            medium.sent(at, byteCount, false);
        }
    }

    private void copy(long at, MemorySegment source, long sourceAt, long byteCount, long owner) {
        synchronized (medium) {
            medium.beforeStore(at, byteCount);
            MemorySegment.copy(source, sourceAt, cells(), at, byteCount);
            medium.afterStore(at, byteCount, owner);
        }
    }

    private void zero(long at, long byteCount, long owner) {
        synchronized (medium) {
            medium.beforeStore(at, byteCount);
            cells().asSlice(at, byteCount).fill((byte) 0);
            medium.afterStore(at, byteCount, owner);
        }
    }
}
