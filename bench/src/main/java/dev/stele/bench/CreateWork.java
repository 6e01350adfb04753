package dev.stele.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/// Creates files in a directory that is empty when a slice begins.
final class CreateWork extends Work {
    private final Path[] files;
    private int createdCount;

    CreateWork(Path directory, Integer fileCountMax) {
        this.files = Names.in(directory, "file-", fileCountMax);
    }

    @Override
    int operationsMax() {
        return files.length;
    }

    @Override
    void prepare(int operationCount) throws Exception {
        while (createdCount > 0) {
            Files.delete(files[--createdCount]);
        }
    }

    @Override
    void run(int operationCount) throws Exception {
        for (int i = 0; i < operationCount; i++) {
            Files.createFile(files[i]);
        }
        createdCount = operationCount;
    }

    @Override
    void check(int operationCount) throws Exception {
        WrongResult.require(Files.isRegularFile(files[0]) && Files.isRegularFile(files[operationCount - 1]),
                "a created file is missing");
    }
}
