package dev.stele.medium.sim;

import dev.stele.cpu.Granularity;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What power cuts may leave of one medium that goes through the same beginnings again and again: laid over a medium of
/// their own for somebody to look at, each only once.
///
/// At each moment these are tried: everything lost that may be, everything kept, each line alone lost, each line alone
/// kept. An image that was looked at before, under the same circumstances, is passed over; 64 bits tell images apart.
public final class CutImages implements AutoCloseable {
    /// Looks at one image.
    @FunctionalInterface
    public interface Look {
        /// @param image for recovery; its changes are taken back afterwards
        void at(SimMedium image);
    }

    private final SimMedium medium;
    private final SimMedium start;
    private final SimMedium image;
    private final long[] lineHashes;
    private final Set<Long> seen = new HashSet<>();
    private final long[] words = new long[8];
    private final long[] first = new long[8];
    private long durableHash;
    private long lastState;
    private long images;
    private long distinct;

    /// @param medium everything on it is durable and stays the beginning of every run
    public CutImages(SimMedium medium) {
        this.medium = medium;
        this.start = SimMedium.lent(medium.sizeBytes(), medium.granularity());
        this.image = SimMedium.lent(medium.sizeBytes(), medium.granularity());
        medium.settle();
        start.lines().copyAll(medium.lines().durable());
        image.lines().copyAll(medium.lines().durable());
        medium.lines().moved().clear();
        this.lineHashes = new long[medium.lines().lineCount()];
    }

    /// A medium that volumes may close, one after the other, and that lasts.
    public static SimMedium lasting(long sizeBytes) {
        return SimMedium.lent(sizeBytes, Granularity.CACHE_LINE);
    }

    /// The medium is what it was at first.
    public void begin() {
        medium.lines().restore(start.lines().durable());
        follow();
    }

    /// A store to the medium was done without a verb.
    public void stored(long at, long byteCount) {
        medium.lines().noticeBefore(at, byteCount);
    }

    /// Looks at every image that a power cut may leave now.
    ///
    /// @param circumstances what else the verdict depends on
    public void cut(long circumstances, Look look) {
        follow();
        List<LineHistory> open = medium.lines().undurable();
        long state = mix(durableHash ^ circumstances * 31);
        for (LineHistory each : open) {
            state = mix(state ^ hash(each)) + each.line;
        }
        if (state == lastState) {
            return;
        }
        lastState = state;
        boolean[] kept = new boolean[open.size()];
        attempt(open, kept, circumstances, look);
        for (int i = 0; i < kept.length; i++) {
            kept[i] = true;
            attempt(open, kept, circumstances, look);
            kept[i] = false;
        }
        Arrays.fill(kept, true);
        attempt(open, kept, circumstances, look);
        for (int i = 0; i < kept.length; i++) {
            kept[i] = false;
            attempt(open, kept, circumstances, look);
            kept[i] = true;
        }
    }

    private void attempt(List<LineHistory> open, boolean[] kept, long circumstances, Look look) {
        images++;
        long hash = durableHash;
        for (int i = 0; i < kept.length; i++) {
            if (kept[i]) {
                hash ^= lineHashes[open.get(i).line] ^ hash(open.get(i));
            }
        }
        if (!seen.add(mix(hash ^ mix(circumstances)))) {
            return;
        }
        distinct++;
        for (int i = 0; i < kept.length; i++) {
            if (kept[i]) {
                LineHistory each = open.get(i);
                long[] content = medium.lines().durableWords(each.line);
                each.choose(Integer.MAX_VALUE, -1, content);
                image.lines().set(each.line, content);
            }
        }
        boolean isAccepted = false;
        try {
            look.at(image);
            isAccepted = true;
        } finally {
            if (!isAccepted) {
                // Whoever comes here again is to see it again.
                seen.remove(mix(hash ^ mix(circumstances)));
                lastState = 0;
            }
            image.lines().restore(medium.lines().durable());
        }
    }

    /// Takes over what has become durable.
    private void follow() {
        LineSet moved = medium.lines().moved();
        for (int i = 0; i < moved.size(); i++) {
            int line = moved.get(i);
            image.lines().copyLine(medium.lines().durable(), line);
            System.arraycopy(medium.lines().durableWords(line), 0, words, 0, words.length);
            System.arraycopy(start.lines().durableWords(line), 0, first, 0, first.length);
            long now = Arrays.equals(words, first) ? 0 : hash(line, words);
            durableHash ^= lineHashes[line] ^ now;
            lineHashes[line] = now;
        }
        moved.clear();
    }

    /// Of a line whose stores are all left.
    private long hash(LineHistory history) {
        long[] content = medium.lines().durableWords(history.line);
        history.choose(Integer.MAX_VALUE, -1, content);
        System.arraycopy(start.lines().durableWords(history.line), 0, first, 0, first.length);
        return Arrays.equals(content, first) ? 0 : hash(history.line, content);
    }

    private static long hash(int line, long[] content) {
        long hash = mix(line + 1L);
        for (long each : content) {
            hash = mix(hash ^ each) + each;
        }
        return hash;
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 32) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 29) * 0xBF58476D1CE4E5B9L;
        return mixed ^ mixed >>> 32;
    }

    /// Images there were.
    public long images() {
        return images;
    }

    /// Of these, those that differ, and were looked at.
    public long distinct() {
        return distinct;
    }

    @Override
    public void close() {
        medium.end();
        start.end();
        image.end();
    }
}
