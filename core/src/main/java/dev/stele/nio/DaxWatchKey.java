package dev.stele.nio;

import dev.stele.node.Name;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One watched directory of one watch service. Keeps at most [#MAX_EVENTS] events; one more and all are dropped for one
/// OVERFLOW. Repeated events, and modifications of a name that is already known to be modified, are counted instead.
final class DaxWatchKey implements WatchKey {
    static final int MAX_EVENTS = 512;

    private final DaxWatchService service;
    private final DaxPath path;
    private final long directory;

    // Guarded by this.
    private Set<WatchEvent.Kind<?>> kinds;
    private List<WatchEvent<?>> events = new ArrayList<>();
    private final Map<Object, Event<?>> lastModifications = new HashMap<>();
    private boolean signalled;
    private boolean valid = true;

    DaxWatchKey(DaxWatchService service, DaxPath path, long directory, Set<WatchEvent.Kind<?>> kinds) {
        this.service = service;
        this.path = path;
        this.directory = directory;
        this.kinds = kinds;
    }

    /// Inode number of the directory.
    long directory() {
        return directory;
    }

    synchronized void watchFor(Set<WatchEvent.Kind<?>> newKinds) {
        kinds = newKinds;
    }

    synchronized void add(WatchEvent.Kind<?> kind, Name name) {
        if (valid && kinds.contains(kind)) {
            add(kind, path.getFileSystem().emptyPath().child(name));
            signal();
        }
    }

    private void add(WatchEvent.Kind<?> kind, Path context) {
        if (countsAsRepeated(kind, context)) {
            return;
        }
        if (events.size() >= MAX_EVENTS) {
            events.clear();
            lastModifications.clear();
            events.add(new Event<>(StandardWatchEventKinds.OVERFLOW, null));
            return;
        }
        Event<?> event = new Event<>(kind, context);
        events.add(event);
        if (kind == StandardWatchEventKinds.ENTRY_MODIFY) {
            lastModifications.put(context, event);
        } else {
            lastModifications.remove(context);
        }
    }

    private boolean countsAsRepeated(WatchEvent.Kind<?> kind, Path context) {
        Event<?> same = kind == StandardWatchEventKinds.ENTRY_MODIFY ? lastModifications.get(context) : null;
        if (same == null && !events.isEmpty()) {
            Event<?> last = (Event<?>) events.getLast();
            boolean repeats = last.kind == StandardWatchEventKinds.OVERFLOW
                    || last.kind == kind && context.equals(last.context);
            same = repeats ? last : null;
        }
        if (same != null) {
            same.count++;
        }
        return same != null;
    }

    private void signal() {
        if (!signalled) {
            signalled = true;
            service.enqueue(this);
        }
    }

    /// Invalid and signalled, and forgotten: whoever waits has it from the queue.
    void directoryGone() {
        invalidateAndSignal();
        service.forget(this);
    }

    private synchronized void invalidateAndSignal() {
        valid = false;
        signal();
    }

    synchronized void invalidate() {
        valid = false;
    }

    @Override
    public synchronized boolean isValid() {
        return valid;
    }

    @Override
    public synchronized List<WatchEvent<?>> pollEvents() {
        List<WatchEvent<?>> polled = events;
        events = new ArrayList<>();
        lastModifications.clear();
        return polled;
    }

    @Override
    public synchronized boolean reset() {
        if (valid && signalled) {
            signalled = false;
            if (!events.isEmpty()) {
                signal();
            }
        }
        return valid;
    }

    @Override
    public void cancel() {
        invalidate();
        service.forget(this);
    }

    @Override
    public Path watchable() {
        return path;
    }

    /// The count is guarded by the key while the event is in its list.
    private static final class Event<T> implements WatchEvent<T> {
        private final Kind<?> kind;
        private final T context;
        private volatile int count = 1;

        Event(Kind<?> kind, T context) {
            this.kind = kind;
            this.context = context;
        }

        @Override
        @SuppressWarnings("unchecked")
        public Kind<T> kind() {
            return (Kind<T>) kind;
        }

        @Override
        public int count() {
            return count;
        }

        @Override
        public T context() {
            return context;
        }
    }
}
