package dev.stele.medium.sim;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/// Where code that is woven for it tells of every load before it happens; other code never comes here. What is loaded
/// from an image of a power cut whose words are undecided decides them.
public final class Loads {
    private static final int SCRATCH_BYTES = 1 << 16;
    private static final LazyCut[] NONE = {};

    /// Cuts that are being explored, each by a thread of its own.
    private static volatile LazyCut[] active = NONE;
    /// Which bytes a handle loads, counted from its offset: first << 32 | count. Replaced, never changed.
    private static volatile Map<VarHandle, Long> reaches = new IdentityHashMap<>();

    private Loads() {
    }

    static synchronized void begin(LazyCut cut) {
        LazyCut[] more = Arrays.copyOf(active, active.length + 1);
        more[active.length] = cut;
        active = more;
    }

    static synchronized void end(LazyCut cut) {
        LazyCut[] fewer = Arrays.stream(active).filter(each -> each != cut).toArray(LazyCut[]::new);
        active = fewer.length == 0 ? NONE : fewer;
    }

    /// A handle is about to load from a segment.
    public static void of(VarHandle handle, MemorySegment segment, long at) {
        LazyCut[] cuts = active;
        if (cuts == NONE || !segment.isNative()) {
            return;
        }
        for (LazyCut each : cuts) {
            if (each.concerns(segment.address() + at)) {
                Long known = reaches.get(handle);
                long reach = known == null ? learn(handle) : known;
                each.load(segment, at + (reach >>> 32), (int) reach);
            }
        }
    }

    /// A range of a segment is about to be loaded.
    public static void of(MemorySegment segment, long at, long byteCount) {
        LazyCut[] cuts = active;
        if (cuts != NONE && segment.isNative()) {
            for (LazyCut each : cuts) {
                each.load(segment, at, byteCount);
            }
        }
    }

    /// A word of at most 8 bytes is about to be loaded.
    public static void near(MemorySegment segment, long at) {
        of(segment, at, Math.min(Long.BYTES, segment.byteSize() - at));
    }

    /// All of a segment may be loaded from now on.
    public static void of(MemorySegment segment) {
        of(segment, 0, segment.byteSize());
    }

    /// Two segments are about to be compared, or one copied to the other.
    public static void of(MemorySegment one, MemorySegment other) {
        of(one);
        of(other);
    }

    /// A range is about to be copied.
    public static void copied(MemorySegment from, long at, MemorySegment to, long toAt, long byteCount) {
        LazyCut[] cuts = active;
        if (cuts != NONE && from.isNative()) {
            for (LazyCut each : cuts) {
                each.copy(from, at, to, toAt, byteCount);
            }
        }
    }

    /// Two ranges are about to be compared.
    public static void compared(MemorySegment one, long from, long to, MemorySegment other, long otherFrom,
            long otherTo) {
        of(one, from, to - from);
        of(other, otherFrom, otherTo - otherFrom);
    }

    /// A range is about to be summed, and the sum will be compared with one that is stored.
    public static void summed(MemorySegment segment, long at, long byteCount) {
        LazyCut[] cuts = active;
        if (cuts != NONE && segment.isNative()) {
            for (LazyCut each : cuts) {
                each.sum(segment, at, byteCount);
            }
        }
    }

    /// A part of a file or device is about to be mapped.
    public static void mapped(int descriptor, long at, long byteCount) {
        for (LazyCut each : active) {
            each.mapped(descriptor, at, byteCount);
        }
    }

    /// Finds out, by storing, which bytes a handle means.
    private static synchronized long learn(VarHandle handle) {
        MethodHandle set = handle.toMethodHandle(VarHandle.AccessMode.SET);
        MemorySegment scratch = java.lang.foreign.Arena.ofAuto().allocate(SCRATCH_BYTES, 64);
        Class<?> type = handle.varType();
        Object ones = type == long.class ? (Object) (-1L) : type == int.class ? (Object) (-1)
                : type == short.class ? (Object) (short) -1 : (Object) (byte) -1;
        try {
            set.invokeWithArguments(scratch, 0L, ones);
        } catch (Throwable failed) {
            throw new IllegalStateException("nobody knows what this handle loads: " + handle, failed);
        }
        long first = scratch.mismatch(MemorySegment.ofArray(new byte[SCRATCH_BYTES]));
        long count = 0;
        while (scratch.get(java.lang.foreign.ValueLayout.JAVA_BYTE, first + count) != 0) {
            count++;
        }
        Map<VarHandle, Long> more = new IdentityHashMap<>(reaches);
        more.put(handle, first << 32 | count);
        reaches = more;
        return first << 32 | count;
    }
}
