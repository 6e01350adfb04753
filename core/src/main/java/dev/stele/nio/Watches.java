package dev.stele.nio;

import dev.stele.node.Name;
import java.io.IOException;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Which directories of a file system are watched, by inode number. Events are told by the operation that causes them,
/// before it returns; where nobody watches, that costs one look at an empty map.
final class Watches {
    private final Map<Long, List<DaxWatchKey>> keys = new ConcurrentHashMap<>();

    boolean isIdle() {
        return keys.isEmpty();
    }

    void add(DaxWatchKey key) {
        keys.compute(key.directory(), (inode, known) -> {
            List<DaxWatchKey> list = known == null ? new CopyOnWriteArrayList<>() : known;
            list.add(key);
            return list;
        });
    }

    void remove(DaxWatchKey key) {
        keys.computeIfPresent(key.directory(), (inode, known) -> {
            known.remove(key);
            return known.isEmpty() ? null : known;
        });
    }

    void created(long directory, Name name) {
        signal(directory, name, StandardWatchEventKinds.ENTRY_CREATE);
    }

    void deleted(long directory, Name name) {
        signal(directory, name, StandardWatchEventKinds.ENTRY_DELETE);
    }

    void modified(long directory, Name name) {
        signal(directory, name, StandardWatchEventKinds.ENTRY_MODIFY);
    }

    void modified(Subject subject) throws IOException {
        if (!isIdle()) {
            Resolver.Place place = subject.place();
            if (place != null && place.name() != null) {
                modified(place.directory(), place.name());
            }
        }
    }

    /// The directory is gone: its keys become invalid, and are signalled so that a waiting thread learns of it.
    void directoryGone(long directory) {
        List<DaxWatchKey> gone = keys.remove(directory);
        if (gone != null) {
            gone.forEach(DaxWatchKey::directoryGone);
        }
    }

    private void signal(long directory, Name name, WatchEvent.Kind<?> kind) {
        if (!keys.isEmpty()) {
            for (DaxWatchKey key : keys.getOrDefault(directory, List.of())) {
                key.add(kind, name);
            }
        }
    }
}
