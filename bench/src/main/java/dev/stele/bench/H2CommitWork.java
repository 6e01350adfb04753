package dev.stele.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.store.fs.FilePath;

/// One operation puts 100 entries into a map, commits, and syncs the file. After some, the store is closed, looked at,
/// and started anew.
final class H2CommitWork extends Work {
    private static final int ENTRIES = 100;
    private static final int KEYS = 20_000;
    private static final int COMMITS_MAX = 500;

    private final Path file;
    private final H2Path layer;
    private MVStore store;
    private MVMap<Long, String> map;
    private int commits;
    private long value;

    /// @param file does not exist
    H2CommitWork(Path file) throws Exception {
        this.file = file;
        String scheme = "bench" + Integer.toHexString(file.toUri().hashCode()); // one for each contender
        this.layer = new H2Path(scheme, file.getFileSystem(), file.toString());
        FilePath.register(layer);
        open();
    }

    private void open() {
        store = opened();
        map = store.openMap("entries");
        commits = 0;
    }

    /// Nothing is done in the background: what it costs is in the time of who asked for it.
    private MVStore opened() {
        return new MVStore.Builder().fileName(layer.toString()).autoCommitDisabled().open();
    }

    /// Each is a commit.
    @Override
    int warmUpOperations() {
        return 0;
    }

    @Override
    int operationsMax() {
        return COMMITS_MAX / 4;
    }

    @Override
    void prepare(int operationCount) throws Exception {
        if (commits + operationCount > COMMITS_MAX) {
            store.close();
            verify();
            Files.delete(file);
            open();
        }
    }

    @Override
    void run(int operationCount) {
        for (int i = 0; i < operationCount; i++) {
            for (int entry = 0; entry < ENTRIES; entry++) {
                value++;
                map.put(value % KEYS, "value " + value);
            }
            store.commit();
            store.sync();
        }
        commits += operationCount;
    }

    @Override
    void check(int operationCount) throws Exception {
        WrongResult.require(Files.size(file) > 0 && map.get(value % KEYS).equals("value " + value),
                "the last entry is not there");
    }

    /// What a store opened anew finds.
    void verify() {
        if (commits == 0) {
            return;
        }
        try (MVStore again = opened()) {
            MVMap<Long, String> found = again.openMap("entries");
            WrongResult.require(("value " + value).equals(found.get(value % KEYS)),
                    "the last entry is not in the file");
        }
    }

    @Override
    public void close() throws Exception {
        try {
            store.close();
            verify();
        } finally {
            FilePath.unregister(layer);
        }
    }
}
