package dev.stele.medium.sim;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.medium.PersistenceCounters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// How a window onto a device is used by many threads: whoever reads or stores has it alone, slides it where it needs
/// it, and leaves nothing on its way, because no other thread could wait for it.
///
/// To slide: write the dirty lines back, fence, read the status register, set the control register, invalidate every
/// line of the window. Each [Step] is there because without it bytes are lost or stale; a test leaves each out.
final class Aperture {
    /// What must be done around sliding the window.
    enum Step {
        /// Else a line stored to before is written back to where the window stands by then.
        WRITE_BACK,
        /// Else it may not have arrived when the power goes.
        FENCE,
        /// Else nobody hears of what the device dropped.
        CHECK_STATUS,
        /// Else lines show what lay under the window before (the *read flush* that firmware asked for).
        INVALIDATE
    }

    private static final MemorySegment ZEROS = Arena.global().allocate(Medium.PAGE_BYTES, Medium.LINE_BYTES);

    private final ReentrantLock lock = new ReentrantLock();
    private final ApertureDevice device;
    private final Set<Step> steps;
    private final PersistenceCounters counters;
    /// Whether the device ever dropped a store, and for good: whose it was cannot be told.
    private boolean hasLost;

    /// @param steps all of them, but in a test
    Aperture(ApertureDevice device, PersistenceCounters counters, Set<Step> steps) {
        this.device = device;
        this.counters = counters;
        this.steps = EnumSet.copyOf(steps);
    }

    void read(long at, MemorySegment to, long toAt, long byteCount) {
        lock.lock();
        try {
            for (long done = 0; done < byteCount; ) {
                long part = show(at + done, byteCount - done);
                device.load(at + done - device.base(), to, toAt + done, part);
                done += part;
            }
        } finally {
            lock.unlock();
        }
    }

    /// @param sends whether the lines are written back at once, and have arrived when this returns
    void store(long at, MemorySegment from, long fromAt, long byteCount, boolean sends) {
        lock.lock();
        try {
            for (long done = 0; done < byteCount; ) {
                long part = show(at + done, byteCount - done);
                device.store(at + done - device.base(), from, fromAt + done, part);
                if (sends) {
                    device.writeBack(at + done - device.base(), part);
                }
                done += part;
            }
            if (sends) {
                settle();
            }
        } finally {
            lock.unlock();
        }
    }

    void zero(long at, long byteCount, boolean sends) {
        for (long done = 0; done < byteCount; done += ZEROS.byteSize()) {
            store(at + done, ZEROS, 0, Math.min(ZEROS.byteSize(), byteCount - done), sends);
        }
    }

    /// Of the range only what the window shows can be dirty: the rest was written back when the window slid on.
    void flush(long at, long byteCount) {
        lock.lock();
        try {
            long from = Math.max(at, device.base());
            long to = Math.min(at + byteCount, device.base() + visibleBytes(device.base()));
            if (from < to) {
                device.writeBack(from - device.base(), to - from);
                settle();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Nothing is on its way by now, but something may have been lost on the way, by whatever thread.
    ///
    /// @throws VolumeException EIO
    void drain() {
        lock.lock();
        try {
            settle();
        } finally {
            lock.unlock();
        }
    }

    private void settle() {
        await();
        if (hasLost) {
            throw new VolumeException(Errno.EIO, "the device dropped what was stored through its window");
        }
    }

    private void await() {
        if (steps.contains(Step.FENCE)) {
            device.fence();
        }
        if (steps.contains(Step.CHECK_STATUS)) {
            hasLost |= device.readStatus();
        }
    }

    /// Slides the window to where `at` can be seen.
    ///
    /// @return how many of the bytes can be seen from there on
    private long show(long at, long byteCount) {
        long base = at - at % device.windowBytes();
        if (base != device.base()) {
            if (steps.contains(Step.WRITE_BACK)) {
                device.writeBack(0, visibleBytes(device.base()));
            }
            // what was lost is not this caller's, who may only want to read: the next to wait is told
            await();
            device.slide(base);
            if (steps.contains(Step.INVALIDATE)) {
                device.invalidate(0, device.windowBytes());
                counters.invalidated(device.windowBytes() / Medium.LINE_BYTES);
            }
        }
        return Math.min(byteCount, base + device.windowBytes() - at);
    }

    /// The last window may reach behind the device's end.
    private long visibleBytes(long base) {
        return Math.min(device.windowBytes(), device.sizeBytes() - base);
    }
}
