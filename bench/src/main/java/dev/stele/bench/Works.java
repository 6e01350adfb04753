package dev.stele.bench;

import java.util.ArrayDeque;
import java.util.Deque;

/// Works to be closed, the last first, before the directories they use go.
final class Works implements AutoCloseable {
    private final Deque<Work> all = new ArrayDeque<>();

    /// @param work may be null
    Work add(Work work) {
        if (work != null) {
            all.push(work);
        }
        return work;
    }

    @Override
    public void close() throws Exception {
        while (!all.isEmpty()) {
            all.pop().close();
        }
    }
}
