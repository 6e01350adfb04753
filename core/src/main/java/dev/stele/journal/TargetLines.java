package dev.stele.journal;

import dev.stele.medium.Medium;
import dev.stele.medium.View;
import java.util.Arrays;

/// The lines that words were stored to, each once, so that each is flushed once, after the last store to it. One per
/// transaction, used over and over; allocates nothing.
final class TargetLines implements StoredTo {
    private static final int CAPACITY = 128;

    private final View view;
    /// Ascending.
    private final long[] lines = new long[CAPACITY];
    private int count;

    TargetLines(View view) {
        this.view = view;
    }

    /// Something was stored to the range. Where there are too many lines they are flushed now: what is stored to them
    /// later is flushed again.
    @Override
    public void add(long at, long byteCount) {
        long last = (at + byteCount - 1) / Medium.LINE_BYTES;
        for (long line = at / Medium.LINE_BYTES; line <= last; line++) {
            if (count == CAPACITY) {
                flush();
            }
            if (count == 0 || line > lines[count - 1]) {
                lines[count++] = line;
            } else if (line != lines[count - 1]) {
                insert(line);
            }
        }
    }

    private void insert(long line) {
        int index = Arrays.binarySearch(lines, 0, count, line);
        if (index < 0) {
            System.arraycopy(lines, -index - 1, lines, -index, count + index + 1);
            lines[-index - 1] = line;
            count++;
        }
    }

    /// Flushes every line, neighbours together, and forgets them.
    void flush() {
        int first = 0;
        for (int next = 1; next <= count; next++) {
            if (next == count || lines[next] != lines[next - 1] + 1) {
                view.flush(lines[first] * Medium.LINE_BYTES, (long) (next - first) * Medium.LINE_BYTES);
                first = next;
            }
        }
        count = 0;
    }
}
