package dev.stele.bench;

import dev.stele.api.Stele;
import dev.stele.api.SteleOptions;
import java.nio.file.Files;
import java.nio.file.Path;

/// Opens a volume that was closed in order. Closing it again is not timed.
final class OpenWork extends Work {
    private final Path volume;
    private final int lastFile;
    private Stele opened;

    OpenWork(Path volume, Long sizeBytes, Integer fileCount) throws Exception {
        this.volume = volume;
        this.lastFile = fileCount - 1;
        try (Stele stele = Stele.create(volume, sizeBytes, SteleOptions.DEFAULT.withAsPmem(true))) {
            Names.createTree(stele.path("/"), fileCount);
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
        WrongResult.require(Files.exists(Names.inTree(opened.path("/"), lastFile)), "the last file is missing");
        opened.close();
    }
}
