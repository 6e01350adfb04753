package dev.stele.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// Reads the attributes of files by their paths, at random.
final class StatWork extends Work {
    private static final int SIZES = 7;
    /// Files after the first so many are empty: a million with a block each would not fit.
    private static final int SIZED_FILES = 10_000;

    private final Path[] files;
    private long state;

    StatWork(Path directory, Integer fileCount, Long seed) throws Exception {
        this.files = Names.in(directory, "file-", fileCount);
        this.state = seed;
        for (int i = 0; i < files.length; i++) {
            Files.write(files[i], new byte[sizeOf(i)]);
        }
    }

    private static int sizeOf(int file) {
        return file < SIZED_FILES ? file % SIZES : 0;
    }

    @Override
    void run(int operationCount) throws Exception {
        for (int i = 0; i < operationCount; i++) {
            state = Places.next(state);
            int file = (int) Places.index(state, files.length);
            BasicFileAttributes attributes = Files.readAttributes(files[file], BasicFileAttributes.class);
            if (attributes.size() != sizeOf(file) || !attributes.isRegularFile()) {
                throw new WrongResult("file " + file + " has the attributes of another");
            }
        }
    }
}
