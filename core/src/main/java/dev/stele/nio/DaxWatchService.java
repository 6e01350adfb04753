package dev.stele.nio;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.NotDirectoryException;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;

/// Watches directories of one file system for what this process does to their entries through it, at once and without a
/// thread. Stores through a mapping are not seen, as with inotify.
final class DaxWatchService implements WatchService {
    /// Wakes who waits when the service closes; each who takes it puts it back for the next.
    private static final WatchKey CLOSED = new DaxWatchKey(null, null, 0, Set.of());

    private static final Set<WatchEvent.Kind<?>> KINDS = Set.of(StandardWatchEventKinds.ENTRY_CREATE,
            StandardWatchEventKinds.ENTRY_DELETE, StandardWatchEventKinds.ENTRY_MODIFY);

    private final DaxFileSystem fileSystem;
    private final BlockingDeque<WatchKey> signalled = new LinkedBlockingDeque<>();
    private volatile boolean closed;

    /// Guarded by this.
    private final Map<Long, DaxWatchKey> keys = new HashMap<>();

    DaxWatchService(DaxFileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    DaxFileSystem fileSystem() {
        return fileSystem;
    }

    /// The same directory again changes what its key waits for.
    DaxWatchKey register(DaxPath path, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers)
            throws IOException {
        Set<WatchEvent.Kind<?>> kinds = checked(events);
        for (WatchEvent.Modifier modifier : modifiers) {
            if (!isSensitivity(Objects.requireNonNull(modifier))) {
                throw new UnsupportedOperationException("Modifier not supported");
            }
        }
        DaxAttributes attributes = new Subject(fileSystem, null, path, true).attributes();
        if (!attributes.isDirectory()) {
            throw new NotDirectoryException(path.toString());
        }
        return register(path, attributes.raw().inode, kinds);
    }

    private synchronized DaxWatchKey register(DaxPath path, long directory, Set<WatchEvent.Kind<?>> kinds) {
        checkOpen();
        DaxWatchKey key = keys.get(directory);
        if (key == null || !key.isValid()) {
            key = new DaxWatchKey(this, path, directory, kinds);
            keys.put(directory, key);
            fileSystem.watches().add(key);
        }
        key.watchFor(kinds);
        return key;
    }

    private static Set<WatchEvent.Kind<?>> checked(WatchEvent.Kind<?>[] events) {
        Set<WatchEvent.Kind<?>> kinds = new HashSet<>();
        for (WatchEvent.Kind<?> kind : events) {
            if (KINDS.contains(Objects.requireNonNull(kind))) {
                kinds.add(kind);
            } else if (kind != StandardWatchEventKinds.OVERFLOW) {
                throw new UnsupportedOperationException(kind.name());
            }
        }
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("No events to register");
        }
        return kinds;
    }

    /// `SensitivityWatchEventModifier`, of a module that need not be there, asks how often to look.
    private static boolean isSensitivity(WatchEvent.Modifier modifier) {
        return modifier.getClass().getName().equals("com.sun.nio.file.SensitivityWatchEventModifier");
    }

    void enqueue(WatchKey key) {
        signalled.add(key);
    }

    void forget(DaxWatchKey key) {
        synchronized (this) {
            keys.remove(key.directory(), key);
        }
        fileSystem.watches().remove(key);
    }

    @Override
    public WatchKey poll() {
        checkOpen();
        return checked(signalled.poll());
    }

    @Override
    public WatchKey poll(long timeout, TimeUnit unit) throws InterruptedException {
        checkOpen();
        return checked(signalled.poll(timeout, unit));
    }

    @Override
    public WatchKey take() throws InterruptedException {
        checkOpen();
        return checked(signalled.take());
    }

    private WatchKey checked(WatchKey key) {
        if (key == CLOSED) {
            signalled.add(key);
        }
        checkOpen();
        return key;
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedWatchServiceException();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            for (DaxWatchKey key : keys.values()) {
                key.invalidate();
                fileSystem.watches().remove(key);
            }
            keys.clear();
        }
        fileSystem.forget(this);
        signalled.clear();
        signalled.add(CLOSED);
    }
}
