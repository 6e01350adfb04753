package dev.stele.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/// Deletes empty files until their directory is empty.
final class UnlinkWork extends Work {
    private final Path[] files;

    UnlinkWork(Path directory, Integer fileCountMax) {
        this.files = Names.in(directory, "file-", fileCountMax);
    }

    @Override
    int operationsMax() {
        return files.length;
    }

    @Override
    void prepare(int operationCount) throws Exception {
        for (int i = 0; i < operationCount; i++) {
            Files.createFile(files[i]);
        }
    }

    @Override
    void run(int operationCount) throws Exception {
        for (int i = 0; i < operationCount; i++) {
            Files.delete(files[i]);
        }
    }

    @Override
    void check(int operationCount) throws Exception {
        WrongResult.require(Files.notExists(files[0]) && Files.notExists(files[operationCount - 1]),
                "a deleted file is still there");
    }
}
