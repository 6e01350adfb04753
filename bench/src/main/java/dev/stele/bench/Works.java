package dev.stele.bench;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/// Works to be closed, the last first, before the directories they use go. Any thread may add one.
final class Works implements AutoCloseable {
    private final Deque<Work> all = new ConcurrentLinkedDeque<>();

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
