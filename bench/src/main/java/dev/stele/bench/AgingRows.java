package dev.stele.bench;

import dev.stele.api.DaxFile;
import dev.stele.api.DaxMapping;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/// A volume after a hundred times its size was written to it, three quarters full, against a fresh one.
final class AgingRows {
    private static final double AT_LEAST = 0.95;
    private static final long VOLUME_BYTES = 512L << 20;
    private static final long FILE_BYTES = 64L << 20;
    private static final int VOLUMES = 100;
    private static final int FILES = 3;
    private static final String MAPPED = "/mapped";

    private AgingRows() {
    }

    /// All three of one churned volume: writing it full so often takes longer than looking at it.
    static List<RowResult> measure(RowRun run) throws Exception {
        return measure(run, VOLUME_BYTES, FILE_BYTES, VOLUMES);
    }

    static List<RowResult> measure(RowRun run, long volumeBytes, long fileBytes, int volumes) throws Exception {
        try (Site site = new Site(run.bed(), "aging")) {
            Path directory = site.directory(Peer.JDK_TMPFS, 0);
            try (ChurnedVolume aged = new ChurnedVolume(directory.resolve("aged.stele"), volumeBytes);
                    ChurnedVolume fresh = new ChurnedVolume(directory.resolve("fresh.stele"), volumeBytes)) {
                aged.churn(volumes, run.bed().seed());
                RowResult share = share(aged, fresh, fileBytes);
                RowResult loads = race(
                        run, "aging-map-load", mapLoad(aged, fileBytes), mapLoad(fresh, fileBytes), aged);
                Files.delete(aged.stele().path(MAPPED)); // there is no room for both
                return List.of(share, loads, race(
                        run, "aging-overwrite-4k", overwrite(aged, fileBytes), overwrite(fresh, fileBytes), aged));
            }
        }
    }

    private static RowResult share(ChurnedVolume aged, ChurnedVolume fresh, long fileBytes) throws Exception {
        double old = share(aged, fileBytes);
        double young = share(fresh, fileBytes);
        return new RowResult("aging", "share", Summary.exactly(old), Map.of(Peer.SELF, Summary.exactly(young)),
                Map.of(Peer.SELF, Summary.exactly(old / young)), new Costs(0, 0, 0, 0),
                List.of(new Goal(Peer.SELF, AT_LEAST)));
    }

    private static double share(ChurnedVolume volume, long fileBytes) throws Exception {
        double sum = 0;
        for (int i = 0; i < FILES; i++) {
            sum += volume.hugeShare(fileBytes);
        }
        return sum / FILES;
    }

    private static Work mapLoad(ChurnedVolume volume, long fileBytes) throws Exception {
        try (DaxFile file = volume.stele().file(MAPPED)) {
            DaxMapping mapping = file.map(MapMode.READ_WRITE, 0, fileBytes, MapOption.POPULATED);
            return OwnCode.of(MapLoadWork.class, mapping, mapping.segment(), 1L);
        }
    }

    private static Work overwrite(ChurnedVolume volume, long fileBytes) throws Exception {
        Path file = volume.stele().path("/overwritten");
        try (FileChannel writer = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Filler.fill(writer, fileBytes / Rows.BLOCK_BYTES, Rows.BLOCK_BYTES);
        }
        return OwnCode.of(OverwriteWork.class, FileChannel.open(file, IoRows.overwriting(Contender.STELE)),
                fileBytes / Rows.BLOCK_BYTES, Rows.BLOCK_BYTES, 1L);
    }

    private static RowResult race(RowRun run, String name, Work aged, Work fresh, ChurnedVolume volume)
            throws Exception {
        try (aged; fresh) {
            Contender first = new Contender(Contender.STELE, aged, List.of(volume.counters()));
            return run.result(name, List.of(first, Contender.peer(Peer.SELF, fresh)),
                    List.of(new Goal(Peer.SELF, AT_LEAST, "The row aging says how large and aligned the file's blocks "
                            + "are beside the fresh volume's; where that is 1.00×, what is missing is what this row "
                            + "differs by from run to run.")));
        }
    }
}
