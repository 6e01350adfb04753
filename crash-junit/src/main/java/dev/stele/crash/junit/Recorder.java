package dev.stele.crash.junit;

import dev.stele.crash.junit.Change.Kind;
import dev.stele.crash.junit.Moment.Undurable;
import dev.stele.medium.sim.SimMedium;
import dev.stele.medium.sim.Witness;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Writes down what a run does to the medium, and each moment at which its power could go. All of it is guarded by the
/// monitor of the medium.
///
/// - R1. Everything stored without a verb is found by comparison before the next flush, drain or moment is written
///   down.
/// - R2. A drain makes durable what its own thread has sent; a moment is taken before that.
/// - R3. Where caches persist a drain makes everything durable.
final class Recorder implements Witness {
    private final SimMedium medium;
    private final MemorySegment cache;
    private final Model model;
    private final boolean ordersVerbs;
    /// The cache as the last comparison found it.
    private final MemorySegment seen;
    private final Map<Integer, LineLog> logs = new TreeMap<>();
    private final Map<Thread, List<Sent>> pending = new LinkedHashMap<>();
    private final List<Moment> moments = new ArrayList<>();
    private long sequence = 1;
    private long interval;
    private Site last;
    private int fences;
    private final Steps steps;

    /// @param ordersVerbs whether what a verb stores to a line becomes durable in order, as a volume's own structures
    ///     rely on; else in any
    /// @param seen as long as the medium, with what it holds now
    Recorder(SimMedium medium, Model model, boolean ordersVerbs, MemorySegment seen, Steps steps, String begin) {
        this.medium = medium;
        this.cache = medium.data().segment();
        this.model = model;
        this.ordersVerbs = ordersVerbs || model == Model.TSO_PREFIX || model == Model.EADR;
        this.seen = seen;
        this.steps = steps;
        this.last = Site.named(begin);
    }

    List<Moment> moments() {
        return moments;
    }

    /// Lines that recording found stored to.
    Iterable<Integer> touched() {
        return logs.keySet();
    }

    boolean hasSeenStores() {
        return !logs.isEmpty();
    }

    @Override
    public void storing(long at, long byteCount) {
        Site here = Site.here();
        for (int line = Lines.lineOf(at); line <= Lines.lineOf(at + byteCount - 1); line++) {
            notice(line, here);
        }
    }

    @Override
    public void stored(long at, long byteCount, boolean isStreamed) {
        Site here = Site.here();
        Kind kind = isStreamed ? Kind.STREAMED : ordersVerbs ? Kind.ORDERED : Kind.LOOSE;
        for (long wordAt = at & -8L; wordAt < at + byteCount; wordAt += 8) {
            log(wordAt, maskOf(wordAt, at, at + byteCount), kind, here);
        }
        if (isStreamed) {
            send(at, byteCount, Sent.STREAMED, here);
        }
    }

    private static long maskOf(long wordAt, long from, long to) {
        long mask = wordAt < from ? -1L << (from - wordAt) * 8 : -1L;
        return wordAt + 8 > to ? mask & -1L >>> (wordAt + 8 - to) * 8 : mask;
    }

    private void log(long at, long mask, Kind kind, Site here) {
        int line = Lines.lineOf(at);
        int word = (int) (at >>> 3) & Lines.WORDS - 1;
        long value = cache.get(Lines.WORD, at);
        LineLog log = logs.get(line);
        if (((value ^ seen.get(Lines.WORD, at)) & mask) != 0 || log != null && log.holds(word)) {
            add(line, word, mask, value, kind, null, here);
        }
    }

    @Override
    public void flushing(long at, long byteCount) {
        Site here = Site.here();
        compare(here);
        send(at, byteCount, sequence, here);
    }

    private void send(long at, long byteCount, long upTo, Site here) {
        for (int line = Lines.lineOf(at); line <= Lines.lineOf(at + byteCount - 1); line++) {
            LineLog log = logs.get(line);
            if (log != null && !log.isDurable()) {
                pending.computeIfAbsent(Thread.currentThread(), thread -> new ArrayList<>())
                        .add(new Sent(line, Thread.currentThread(), upTo, here));
            }
        }
    }

    @Override
    public void draining() {
        Site here = Site.here();
        fences++;
        take("fence " + fences, here);
        if (model == Model.EADR) {
            logs.values().forEach(log -> log.persist(new Sent(log.line, null, Sent.ALL, here)));
            return;
        }
        List<Sent> mine = pending.remove(Thread.currentThread());
        for (Sent each : mine == null ? List.<Sent>of() : mine) {
            logs.get(each.line()).persist(each);
        }
    }

    /// The power could go here.
    void cut(String name) {
        synchronized (medium) {
            take(name, Site.here());
        }
    }

    /// The power could go here, at the end of the run.
    void cutAtEnd(String name, String of) {
        synchronized (medium) {
            take(name, Site.named(of));
        }
    }

    private void take(String name, Site here) {
        compare(here);
        Map<Integer, long[]> durable = new HashMap<>();
        List<Undurable> undurable = new ArrayList<>();
        for (LineLog each : logs.values()) {
            if (each.hasMoved()) {
                durable.put(each.line, each.durable());
            }
            if (!each.isDurable()) {
                undurable.add(new Undurable(each.line, each.durable(), each.changes()));
            }
        }
        List<Sent> sent = pending.values().stream().flatMap(List::stream).toList();
        moments.add(new Moment(moments.size() + 1, name, here, steps.crash(), durable, undurable, sent));
    }

    /// Finds everything that was stored without a verb.
    private void compare(Site here) {
        long at = 0;
        while (at < cache.byteSize()) {
            long distance = MemorySegment.mismatch(cache, at, cache.byteSize(), seen, at, seen.byteSize());
            if (distance < 0) {
                break;
            }
            int line = Lines.lineOf(at + distance);
            notice(line, here);
            at = Lines.offset(line + 1);
        }
        last = here;
        interval++;
    }

    private void notice(int line, Site here) {
        for (int w = 0; w < Lines.WORDS; w++) {
            long at = Lines.offset(line) + w * 8L;
            long value = cache.get(Lines.WORD, at);
            if (value != seen.get(Lines.WORD, at)) {
                add(line, w, -1L, value, Kind.LOOSE, last, here);
            }
        }
    }

    private void add(int line, int word, long mask, long value, Kind kind, Site from, Site here) {
        LineLog log = logs.computeIfAbsent(line, number -> new LineLog(number, Lines.load(seen, number)));
        long at = Lines.offset(line) + word * 8L;
        long before = seen.get(Lines.WORD, at);
        Change change = new Change(sequence++, line, word, before, mask, value, kind,
                kind == Kind.STREAMED ? Thread.currentThread() : null, interval, from, here);
        seen.set(Lines.WORD, at, change.applyTo(before));
        log.add(change);
    }
}
