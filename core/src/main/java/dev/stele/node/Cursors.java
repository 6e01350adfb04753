package dev.stele.node;

import dev.stele.tree.Cursor;

/// Each thread's cursor into a directory's tree.
final class Cursors {
    private static final ThreadLocal<Cursor> OF_THREAD = ThreadLocal.withInitial(Cursor::new);

    private Cursors() {
    }

    static Cursor get() {
        return OF_THREAD.get();
    }
}
