package dev.stele.crash.mutants.inside;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What was really asked of the processor and of the operating system, at the last place before them: which lines were
/// sent on their way, with what in them, and waited for by the same thread; what was written to a file, and synced.
/// Real memory and real files are judged by it, as [dev.stele.medium.sim.SimMedium] is by what it knows.
public final class Recorder {
    private static final int LINE_BYTES = 64;
    private static volatile Recorder current;

    /// Of one effect on a file.
    ///
    /// @param content null for a sync
    record Effect(long at, byte[] content) {
    }

    /// by thread and address of the line; what was in it when it was sent, null for what was past the cache
    private final Map<Thread, Map<Long, byte[]>> pending = new HashMap<>();
    private final Map<Long, byte[]> durable = new HashMap<>();
    private final List<Effect> effects = new ArrayList<>();

    private Recorder() {
    }

    static Recorder start() {
        Recorder recorder = new Recorder();
        current = recorder;
        return recorder;
    }

    static void end() {
        current = null;
    }

    /// Called where lines are flushed.
    public static void flushed(MemorySegment segment, long at, long byteCount) {
        Recorder now = current;
        if (now != null && byteCount > 0) {
            now.send(segment.address() + at, byteCount, true);
        }
    }

    /// Called where bytes go past the cache, before they do.
    public static void streamed(MemorySegment segment, long at, long byteCount) {
        Recorder now = current;
        if (now != null && byteCount > 0) {
            now.send(segment.address() + at, byteCount, false);
        }
    }

    /// Called where lines are waited for.
    public static void drained() {
        Recorder now = current;
        if (now != null) {
            now.arrive();
        }
    }

    /// Called where the operating system is asked to write back mapped pages.
    public static void synced(long address, long byteCount) {
        Recorder now = current;
        if (now != null) {
            now.send(address, byteCount, true);
            now.arrive();
        }
    }

    /// Called where a file is written to.
    public static void written(MemorySegment from, long at) {
        Recorder now = current;
        if (now != null) {
            now.add(new Effect(at, from.toArray(ValueLayout.JAVA_BYTE)));
        }
    }

    /// Called where a file is synced.
    public static void syncedFile() {
        Recorder now = current;
        if (now != null) {
            now.add(new Effect(0, null));
        }
    }

    private synchronized void add(Effect effect) {
        effects.add(effect);
    }

    private synchronized void send(long address, long byteCount, boolean isContentKnown) {
        Map<Long, byte[]> mine = pending.computeIfAbsent(Thread.currentThread(), each -> new HashMap<>());
        for (long line = address & -LINE_BYTES; line < address + byteCount; line += LINE_BYTES) {
            mine.put(line, isContentKnown ? content(line) : null);
        }
    }

    @SuppressWarnings("restricted")
    private static byte[] content(long line) {
        return MemorySegment.ofAddress(line).reinterpret(LINE_BYTES).toArray(ValueLayout.JAVA_BYTE);
    }

    private synchronized void arrive() {
        Map<Long, byte[]> mine = pending.remove(Thread.currentThread());
        if (mine != null) {
            mine.forEach((line, content) -> durable.put(line, content == null ? content(line) : content));
        }
    }

    /// Fails where a line of the range does not hold what is durable of it.
    synchronized void require(String what, MemorySegment segment, long at, long byteCount) {
        long end = segment.address() + at + byteCount;
        for (long line = segment.address() + at & -LINE_BYTES; line < end; line += LINE_BYTES) {
            if (!Arrays.equals(durable.get(line), content(line))) {
                throw new IllegalStateException(what + ": the line " + (line - segment.address())
                        + " bytes into the segment is not durable");
            }
        }
        durable.clear();
    }

    /// Fails where a line was sent that nobody waited for.
    synchronized void requireArrived(String what) {
        for (Map<Long, byte[]> each : pending.values()) {
            if (!each.isEmpty()) {
                throw new IllegalStateException(what + ": " + each.size() + " lines were sent and not waited for");
            }
        }
    }

    synchronized List<Effect> effects() {
        return List.copyOf(effects);
    }

    synchronized int effectCount() {
        return effects.size();
    }
}
