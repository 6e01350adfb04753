package dev.stele.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/// Creates directories in one that is empty when a slice begins.
final class MkdirWork extends Work {
    private final Path[] directories;
    private int createdCount;

    MkdirWork(Path directory, Integer countMax) {
        this.directories = Names.in(directory, "directory-", countMax);
    }

    @Override
    int operationsMax() {
        return directories.length;
    }

    @Override
    void prepare(int operationCount) throws Exception {
        while (createdCount > 0) {
            Files.delete(directories[--createdCount]);
        }
    }

    @Override
    void run(int operationCount) throws Exception {
        for (int i = 0; i < operationCount; i++) {
            Files.createDirectory(directories[i]);
        }
        createdCount = operationCount;
    }

    @Override
    void check(int operationCount) throws Exception {
        WrongResult.require(Files.isDirectory(directories[0]) && Files.isDirectory(directories[operationCount - 1]),
                "a created directory is missing");
    }
}
