package dev.stele.bench;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Lists a directory from its first name to its last.
final class ListWork extends Work {
    private final Path directory;
    private final int fileCount;
    private final long lengths;

    ListWork(Path directory, Integer fileCount) throws Exception {
        this.directory = directory;
        this.fileCount = fileCount;
        Path[] files = Names.in(directory, "file-", fileCount);
        Names.createAll(files);
        long sum = 0;
        for (Path each : files) {
            sum += each.getFileName().toString().length();
        }
        this.lengths = sum;
    }

    /// Each goes through a whole directory.
    @Override
    int warmUpOperations() {
        return 0;
    }

    @Override
    void run(int operationCount) throws Exception {
        for (int i = 0; i < operationCount; i++) {
            int count = 0;
            long sum = 0;
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path each : entries) {
                    count++;
                    sum += each.getFileName().toString().length();
                }
            }
            if (count != fileCount || sum != lengths) {
                throw new WrongResult(count + " names of " + fileCount);
            }
        }
    }
}
