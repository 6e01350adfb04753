package dev.stele.journal;

import dev.stele.medium.Medium;
import dev.stele.medium.View;

/// Where the words of the records in the log were stored, by the records' positions: their lines are dirty in the cache
/// until the records leave. Records that leave together have many lines in common, a directory's inode and its block of
/// names above all; each is flushed once for all of them.
///
/// A thread notes what it applied before it says so in the marks of [Retirement], which is how another sees it.
final class Unflushed {
    /// An entry of a record takes at least this for each range of lines it can be stored to, and the header of a record
    /// as much for the number of ranges.
    private static final int BYTES_PER_WORD = 16;
    private static final int WORDS_PER_LINE = Medium.LINE_BYTES / Long.BYTES;
    /// What nearly every record has, with the number of its ranges.
    private static final int MOST_WORDS = 2 * WORDS_PER_LINE;

    private final View view;
    private final Ring ring;
    /// For each 16 bytes of the ring a word; at the beginning of a record the number of its ranges, then these.
    private final LazyWords words;
    /// guarded by the lock of who retires
    private final LineSet flushed = new LineSet();

    Unflushed(View view, Ring ring) {
        this.view = view;
        this.ring = ring;
        this.words = new LazyWords(ring.byteCount() / BYTES_PER_WORD);
    }

    /// Stores to the lines that [#note] will store to, and to none of another record.
    void expect(long position, long recordBytes) {
        int index = index(position);
        int end = index + (int) Math.min(recordBytes / BYTES_PER_WORD, MOST_WORDS);
        for (int i = index; i < end; i += WORDS_PER_LINE) {
            words.set(i, 0);
        }
    }

    void note(long position, AppliedRanges ranges) {
        int index = index(position);
        words.set(index, ranges.count());
        ranges.copyTo(words, index + 1);
    }

    /// Records that leave with another drain than those before begin here: their lines may be dirty again.
    void beginBatch() {
        flushed.clear();
    }

    /// Flushes the lines of a record that no other record of the batch has had flushed.
    void flush(long position) {
        int index = index(position);
        int end = index + 1 + (int) words.get(index);
        for (int i = index + 1; i < end; i++) {
            long range = words.get(i);
            flushLines(AppliedRanges.firstLine(range), AppliedRanges.endLine(range));
        }
    }

    private void flushLines(long line, long endLine) {
        while (line < endLine) {
            long first = line;
            while (line < endLine && flushed.add(line)) {
                line++;
            }
            if (line > first) {
                view.flush(first * Medium.LINE_BYTES, (line - first) * Medium.LINE_BYTES);
            }
            line++;
        }
    }

    private int index(long position) {
        return (int) (position % ring.byteCount() / BYTES_PER_WORD);
    }
}
