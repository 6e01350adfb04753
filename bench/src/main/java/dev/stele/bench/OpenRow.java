package dev.stele.bench;

import java.nio.file.Path;
import java.util.List;

/// Opening a volume with many files against opening one of the same size with few (P6).
final class OpenRow {
    static final int FEW = 1000;
    private static final int MANY = 1_000_000;
    private static final int MANY_QUICK = 20_000;
    /// What a million files need, and the smallest volume that has room for a few.
    private static final long MANY_BYTES = 1L << 30;
    private static final long MANY_QUICK_BYTES = 64L << 20;

    private OpenRow() {
    }

    static RowResult measure(RowRun run) throws Exception {
        int many = run.isQuick() ? MANY_QUICK : MANY;
        long sizeBytes = run.isQuick() ? MANY_QUICK_BYTES : MANY_BYTES;
        try (Site site = new Site(run.bed(), "open")) {
            Path directory = site.directory(Peer.JDK_TMPFS, 0);
            Contender large = new Contender(Contender.STELE,
                    OwnCode.of(OpenWork.class, directory.resolve("many.stele"), sizeBytes, many), List.of());
            Contender small = Contender.peer(Peer.SELF,
                    OwnCode.of(OpenWork.class, directory.resolve("few.stele"), sizeBytes, FEW));
            return run.result("open", List.of(large, small), List.of(new Goal(Peer.SELF, 1 / 1.5)));
        }
    }
}
