package dev.stele.bench;

import dev.stele.api.DaxFile;
import dev.stele.api.DaxMapping;
import dev.stele.bench.RowResult.Goal;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/// A volume after a hundred times its size was written to it, three quarters full, against a fresh one.
final class AgingRows {
    private static final List<Goal> GOALS = List.of(new Goal(Peer.SELF, 0.95));
    private static final long VOLUME_BYTES = 512L << 20;
    private static final long FILE_BYTES = 64L << 20;
    private static final int VOLUMES = 100;
    private static final int FILES = 3;

    private AgingRows() {
    }

    private interface Measured {
        RowResult of(RowRun run, ChurnedVolume aged, ChurnedVolume fresh) throws Exception;
    }

    static RowResult share(RowRun run) throws Exception {
        return measure(run, (r, aged, fresh) -> {
            double old = share(aged);
            double young = share(fresh);
            return new RowResult("aging", "share", Summary.exactly(old), Map.of(Peer.SELF, Summary.exactly(young)),
                    Map.of(Peer.SELF, Summary.exactly(old / young)), new Costs(0, 0, 0, 0), GOALS);
        });
    }

    private static double share(ChurnedVolume volume) throws Exception {
        double sum = 0;
        for (int i = 0; i < FILES; i++) {
            sum += volume.hugeShare(FILE_BYTES);
        }
        return sum / FILES;
    }

    static RowResult mapLoad(RowRun run) throws Exception {
        return measure(run, (r, aged, fresh) -> race(r, "aging-map-load", mapLoad(aged), mapLoad(fresh), aged));
    }

    private static Work mapLoad(ChurnedVolume volume) throws Exception {
        try (DaxFile file = volume.stele().file("/mapped")) {
            DaxMapping mapping = file.map(MapMode.READ_WRITE, 0, FILE_BYTES, MapOption.POPULATED);
            return OwnCode.of(MapLoadWork.class, mapping, mapping.segment(), 1L);
        }
    }

    static RowResult overwrite(RowRun run) throws Exception {
        return measure(run, (r, aged, fresh) -> race(r, "aging-overwrite-4k", overwrite(aged), overwrite(fresh), aged));
    }

    private static Work overwrite(ChurnedVolume volume) throws Exception {
        Path file = volume.stele().path("/overwritten");
        try (FileChannel writer = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Filler.fill(writer, FILE_BYTES / Rows.BLOCK_BYTES, Rows.BLOCK_BYTES);
        }
        return OwnCode.of(OverwriteWork.class, FileChannel.open(file, Rows.overwriting(Contender.STELE)),
                FILE_BYTES / Rows.BLOCK_BYTES, Rows.BLOCK_BYTES, 1L);
    }

    private static RowResult race(RowRun run, String name, Work aged, Work fresh, ChurnedVolume volume)
            throws Exception {
        try (aged; fresh) {
            Contender first = new Contender(Contender.STELE, aged, List.of(volume.counters()));
            return run.result(name, List.of(first, Contender.peer(Peer.SELF, fresh)), GOALS);
        }
    }

    private static RowResult measure(RowRun run, Measured measured) throws Exception {
        try (Site site = new Site(run.bed(), "aging")) {
            Path directory = site.directory(Peer.JDK_TMPFS, 0);
            try (ChurnedVolume aged = new ChurnedVolume(directory.resolve("aged.stele"), VOLUME_BYTES);
                    ChurnedVolume fresh = new ChurnedVolume(directory.resolve("fresh.stele"), VOLUME_BYTES)) {
                aged.churn(VOLUMES, run.bed().seed());
                return measured.of(run, aged, fresh);
            }
        }
    }
}
