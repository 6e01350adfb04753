package dev.stele.medium.sim;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What every line holds: in the cache (what programs read), as last seen there, and durably, with the stores that lie
/// between. Guarded by the medium's monitor.
final class Lines {
    static final int LINE_SHIFT = 6;
    static final int LINE_WORDS = Medium.LINE_BYTES / 8;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);

    private final Arena arena;
    private final boolean cachesPersist;
    private MemorySegment cache;
    /// The cache as the last comparison found it.
    private MemorySegment seen;
    private MemorySegment durable;
    private LineHistory[] histories;
    private final LineSet touched;
    /// Lines whose durable content changed since somebody copied them.
    private final LineSet moved;
    private final Map<Thread, Pending> pending = new HashMap<>();
    private long sequence = 1;
    /// Verbs that have begun.
    private long verbs;
    /// Where false, stores through verbs are not recorded, only the lines they go to, and there are no others: enough
    /// for a medium that is only read and put back.
    private boolean recording = true;
    /// Lines flushed to no avail, by kind.
    private final long[] wastes = new long[FlushWaste.values().length];
    /// Told of each of them; null for nobody.
    private SimMedium.FlushWatch watch;
    /// What this medium was last made to hold as a whole; null where that is nothing that can be named.
    private MemorySegment origin;
    private final long[] words = new long[LINE_WORDS];

    Lines(Arena arena, MemorySegment cache, boolean cachesPersist) {
        this.arena = arena;
        this.cachesPersist = cachesPersist;
        this.cache = cache;
        this.seen = arena.allocate(cache.byteSize(), Medium.LINE_BYTES);
        this.durable = arena.allocate(cache.byteSize(), Medium.LINE_BYTES);
        this.histories = new LineHistory[lineCount()];
        this.touched = new LineSet(lineCount());
        this.moved = new LineSet(lineCount());
    }

    int lineCount() {
        return (int) (cache.byteSize() >>> LINE_SHIFT);
    }

    MemorySegment durable() {
        return durable;
    }

    LineSet moved() {
        return moved;
    }

    /// Lines stored to since the medium was last made to hold something as a whole.
    LineSet touched() {
        return touched;
    }

    /// What programs read.
    MemorySegment cache() {
        return cache;
    }

    void recording(boolean on) {
        recording = on;
    }

    long wastes(FlushWaste kind) {
        return wastes[kind.ordinal()];
    }

    void watch(SimMedium.FlushWatch somebody) {
        watch = somebody;
    }

    private void wasted(FlushWaste kind, int line) {
        wastes[kind.ordinal()]++;
        if (watch != null) {
            watch.wasted(kind, (long) line << LINE_SHIFT);
        }
    }

    void grow(MemorySegment larger) {
        origin = null;
        seen = arena.allocate(larger.byteSize(), Medium.LINE_BYTES).copyFrom(seen);
        durable = arena.allocate(larger.byteSize(), Medium.LINE_BYTES).copyFrom(durable);
        cache = larger;
        histories = Arrays.copyOf(histories, lineCount());
        touched.resize(lineCount());
        moved.resize(lineCount());
    }

    /// Records what a verb is about to overwrite, so that its stores and those made directly are not taken for one.
    void noticeBefore(long at, long byteCount) {
        if (!recording) {
            return;
        }
        verbs++;
        for (int line = lineOf(at); line <= lineOf(at + byteCount - 1); line++) {
            notice(line);
        }
    }

    /// Finds what was stored to a line without a verb.
    private void notice(int line) {
        long from = (long) line << LINE_SHIFT;
        for (int w = 0; w < LINE_WORDS; w++) {
            long at = from + w * 8L;
            long value = cache.get(WORD, at);
            if (value != seen.get(WORD, at)) {
                record(line, w, -1L, value, Store.LOOSE);
            }
        }
    }

    /// Finds everything that was stored without a verb.
    void noticeAll() {
        long from = 0;
        while (from < cache.byteSize()) {
            long distance = MemorySegment.mismatch(cache, from, cache.byteSize(), seen, from, seen.byteSize());
            if (distance < 0) {
                return;
            }
            notice(lineOf(from + distance));
            from = from + distance + Medium.LINE_BYTES & -Medium.LINE_BYTES;
        }
    }

    /// Records what a verb has stored to a part of one line.
    void stored(int line, long at, long end, long owner) {
        if (!recording) {
            touched.add(line);
            return;
        }
        for (long wordAt = at & ~7L; wordAt < end; wordAt += 8) {
            long mask = -1L;
            if (wordAt < at) {
                mask <<= (at - wordAt) * 8;
            }
            if (wordAt + 8 > end) {
                mask &= -1L >>> (wordAt + 8 - end) * 8;
            }
            int w = (int) (wordAt >>> 3) & LINE_WORDS - 1;
            long value = cache.get(WORD, wordAt);
            LineHistory history = histories[line];
            if (((value ^ seen.get(WORD, wordAt)) & mask) != 0 || history != null && history.holds(w)) {
                record(line, w, mask, value, owner);
            }
        }
    }

    private void record(int line, int w, long mask, long value, long owner) {
        Store store = new Store(sequence++, verbs, w, mask, value, owner);
        long at = ((long) line << LINE_SHIFT) + w * 8L;
        seen.set(WORD, at, store.applyTo(seen.get(WORD, at)));
        touched.add(line);
        if (cachesPersist) {
            durable.set(WORD, at, store.applyTo(durable.get(WORD, at)));
            moved.add(line);
            return;
        }
        if (histories[line] == null) {
            histories[line] = new LineHistory(line);
        }
        histories[line].add(store);
    }

    /// The calling thread sends the lines of the range on their way.
    ///
    /// @param streamed whether only what this thread streamed goes
    void sent(long at, long byteCount, boolean streamed) {
        if (!recording) {
            return;
        }
        Pending mine = null;
        for (int line = lineOf(at); line <= lineOf(at + byteCount - 1); line++) {
            if (histories[line] == null) {
                if (!streamed) {
                    wasted(FlushWaste.CLEAN, line);
                }
                continue;
            }
            if (mine == null) {
                mine = pending.computeIfAbsent(Thread.currentThread(), thread -> new Pending());
            }
            if (!streamed) {
                FlushWaste waste = histories[line].flushed(mine, sequence, Thread.currentThread().threadId());
                if (waste != null) {
                    wasted(waste, line);
                }
            }
            mine.add(line, streamed ? Pending.STREAMED : sequence);
        }
    }

    /// What the calling thread has sent arrives.
    void drained() {
        Pending mine = pending.remove(Thread.currentThread());
        if (mine == null) {
            return;
        }
        long thread = Thread.currentThread().threadId();
        for (int i = 0; i < mine.size(); i++) {
            LineHistory history = histories[mine.line(i)];
            if (history != null) {
                load(durable, history.line);
                history.persist(thread, mine.sequence(i), mine.sequence(i) == Pending.STREAMED, words);
                storeDurable(history.line);
                if (history.isEmpty()) {
                    histories[history.line] = null;
                }
            }
        }
    }

    /// Everything stored so far is durable.
    void settle() {
        noticeAll();
        pending.clear();
        for (int i = 0; i < touched.size(); i++) {
            int line = touched.get(i);
            if (histories[line] != null) {
                histories[line] = null;
                load(seen, line);
                storeDurable(line);
            }
        }
        if (origin == null) {
            touched.clear();
        }
    }

    /// Lines, ascending, that hold a store which nobody has flushed.
    List<Integer> unflushed() {
        Map<Integer, Long> flushedTo = new HashMap<>();
        Map<Integer, Set<Thread>> streamedBy = new HashMap<>();
        pending.forEach((thread, sent) -> {
            for (int i = 0; i < sent.size(); i++) {
                if (sent.sequence(i) == Pending.STREAMED) {
                    streamedBy.computeIfAbsent(sent.line(i), line -> new HashSet<>()).add(thread);
                } else {
                    flushedTo.merge(sent.line(i), sent.sequence(i), Math::max);
                }
            }
        });
        List<Integer> found = new ArrayList<>();
        for (LineHistory each : undurable()) {
            if (each.hasUnflushed(flushedTo.getOrDefault(each.line, 0L), streamedBy.containsKey(each.line))) {
                found.add(each.line);
            }
        }
        return found;
    }

    /// Histories of the lines that are not durable, in ascending order.
    List<LineHistory> undurable() {
        List<LineHistory> found = new ArrayList<>();
        for (int i = 0; i < touched.size(); i++) {
            LineHistory history = histories[touched.get(i)];
            if (history != null) {
                found.add(history);
            }
        }
        found.sort((a, b) -> Integer.compare(a.line, b.line));
        return found;
    }

    /// Durable words of a line; the array is used again by the next call.
    long[] durableWords(int line) {
        load(durable, line);
        return words;
    }

    long durableWord(int line, int word) {
        return durable.get(WORD, ((long) line << LINE_SHIFT) + word * 8L);
    }

    /// Gives a word its content everywhere: cached, seen and durable.
    void setWord(int line, int word, long content) {
        long at = ((long) line << LINE_SHIFT) + word * 8L;
        cache.set(WORD, at, content);
        seen.set(WORD, at, content);
        durable.set(WORD, at, content);
        touched.add(line);
        moved.add(line);
    }

    /// Gives a line its content everywhere: cached, seen and durable.
    void set(int line, long[] content) {
        long at = (long) line << LINE_SHIFT;
        for (int w = 0; w < LINE_WORDS; w++) {
            cache.set(WORD, at + w * 8L, content[w]);
            seen.set(WORD, at + w * 8L, content[w]);
            durable.set(WORD, at + w * 8L, content[w]);
        }
        histories[line] = null;
        touched.add(line);
        moved.add(line);
    }

    /// Makes every line hold what `image` holds, durably. Where that was done last with the same segment only lines
    /// that were stored to since are copied.
    void restoreFrom(MemorySegment image) {
        if (image == origin) {
            restore(image);
            return;
        }
        copyAll(image);
        for (int line = 0; line < lineCount(); line++) {
            moved.add(line);
        }
        origin = image;
    }

    /// Makes every line that changed since the last call what `image` holds, and durable.
    void restore(MemorySegment image) {
        if (recording) {
            noticeAll();
        }
        pending.clear();
        for (int i = 0; i < touched.size(); i++) {
            int line = touched.get(i);
            copyLine(image, line);
        }
        touched.clear();
    }

    /// Takes one line over from `image`.
    void copyLine(MemorySegment image, int line) {
        long at = (long) line << LINE_SHIFT;
        MemorySegment.copy(image, at, cache, at, Medium.LINE_BYTES);
        MemorySegment.copy(image, at, seen, at, Medium.LINE_BYTES);
        MemorySegment.copy(image, at, durable, at, Medium.LINE_BYTES);
        histories[line] = null;
        moved.add(line);
    }

    /// Takes everything over from `image`.
    void copyAll(MemorySegment image) {
        cache.copyFrom(image);
        seen.copyFrom(image);
        durable.copyFrom(image);
        Arrays.fill(histories, null);
        touched.clear();
        pending.clear();
        origin = null;
    }

    private void load(MemorySegment from, int line) {
        long at = (long) line << LINE_SHIFT;
        for (int w = 0; w < LINE_WORDS; w++) {
            words[w] = from.get(WORD, at + w * 8L);
        }
    }

    private void storeDurable(int line) {
        long at = (long) line << LINE_SHIFT;
        for (int w = 0; w < LINE_WORDS; w++) {
            durable.set(WORD, at + w * 8L, words[w]);
        }
        moved.add(line);
    }

    static int lineOf(long at) {
        return (int) (at >>> LINE_SHIFT);
    }
}
