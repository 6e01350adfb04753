package dev.stele.bench;

import dev.stele.api.Stele;
import dev.stele.api.SteleOptions;
import java.nio.file.Files;
import java.nio.file.Path;

/// Opens a volume that was closed in order. Closing it again is not timed.
final class OpenWork extends Work {
    private static final int FILES_PER_DIRECTORY = 1000;

    private final Path volume;
    private final String lastFile;
    private Stele opened;

    OpenWork(Path volume, Long sizeBytes, Integer fileCount) throws Exception {
        this.volume = volume;
        int last = fileCount - 1;
        this.lastFile = "/" + last / FILES_PER_DIRECTORY + "/" + last;
        try (Stele stele = Stele.create(volume, sizeBytes, SteleOptions.DEFAULT.withAsPmem(true))) {
            for (int i = 0; i < fileCount; i++) {
                String directory = "/" + i / FILES_PER_DIRECTORY;
                if (i % FILES_PER_DIRECTORY == 0) {
                    Files.createDirectory(stele.path(directory));
                }
                Files.createFile(stele.path(directory + "/" + i));
            }
        }
    }

    /// Each opens a whole volume.
    @Override
    int warmUpOperations() {
        return 0;
    }

    @Override
    int operationsMax() {
        return 1;
    }

    @Override
    void run(int operationCount) throws Exception {
        opened = Stele.open(volume, SteleOptions.DEFAULT.withAsPmem(true));
    }

    @Override
    void check(int operationCount) throws Exception {
        WrongResult.require(Files.exists(opened.path(lastFile)), "the last file is missing");
        opened.close();
    }
}
