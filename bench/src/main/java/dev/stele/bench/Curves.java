package dev.stele.bench;

import dev.stele.api.DaxFile;
import dev.stele.api.DaxMapping;
import dev.stele.bench.Curve.Point;
import dev.stele.volume.Volume.MapOption;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Costs as sizes grow: not points, for a point can be chosen.
final class Curves {
    private static final long[] SIZES = {64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20,
        16 << 20};
    private static final long[] FILE_BYTES = {1 << 20, 4 << 20, 16 << 20, 64 << 20, 256 << 20, 1 << 30};
    private static final int[] FILES = {100, 1000, 10_000, 100_000, 1_000_000};
    private static final int[] FILES_QUICK = {100, 1000, 10_000};
    private static final int[] DIRTY = {1, 4, 16, 64, 256, 1024, 4096, 16_384};
    private static final int[] FILLS = {10, 25, 50, 75, 90, 95};
    private static final String BOTH = Peer.JDK_TMPFS;

    private final Bed bed;
    private final Effort effort;
    private final boolean isQuick;

    Curves(Bed bed, Effort effort, boolean isQuick) {
        this.bed = bed;
        this.effort = effort;
        this.isQuick = isQuick;
    }

    List<Curve> all() throws Exception {
        return List.of(reads(), readsByFile(), writes(), directorySize(), files(), dirtyPages(), threads(), fill());
    }

    /// The contenders of one point.
    private interface At {
        List<Contender> make(Site site, Works works) throws Exception;
    }

    private void point(Map<String, List<Point>> points, String name, double at, At contenders) throws Exception {
        try (Site site = new Site(bed, "curve-" + name); Works works = new Works()) {
            List<Contender> all = contenders.make(site, works);
            Race.Outcome outcome = new Race(effort, bed.seed()).run(all);
            add(points, Contender.STELE, at, outcome.stele());
            outcome.peers().forEach((peer, nanos) -> add(points, peer, at, nanos));
        }
    }

    private static void add(Map<String, List<Point>> points, String who, double at, Summary nanos) {
        points.computeIfAbsent(who, name -> new ArrayList<>()).add(new Point(at, nanos));
    }

    private interface Maker {
        Work make(String who) throws Exception;
    }

    private List<Contender> both(Works works, Maker maker) throws Exception {
        return List.of(Contender.stele(works.add(maker.make(Contender.STELE)), bed),
                Contender.peer(BOTH, works.add(maker.make(BOTH))));
    }

    private Curve reads() throws Exception {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (long size : SIZES) {
            point(points, "read", size, (site, works) -> both(works, who -> {
                long fileBytes = Math.max(size, site.sizes().fileBytes() / 4);
                return OwnCode.of(ReadWork.class, site.file(who, 0, fileBytes, (int) size, StandardOpenOption.READ),
                        fileBytes / size, (int) size, bed.seed());
            }));
        }
        return new Curve("read at a random place", "bytes read", true, points);
    }

    /// While a file is smaller than the caches its blocks are there, then no longer.
    private Curve readsByFile() throws Exception {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (long fileBytes : FILE_BYTES) {
            if (fileBytes <= bed.sizes().mappingBytes() && 3 * fileBytes < Machine.availableBytes()) {
                point(points, "read-file", fileBytes, (site, works) -> readers(site, works, fileBytes));
            }
        }
        return new Curve("read 4 KiB at a random place", "size of the file", true, points);
    }

    private List<Contender> readers(Site site, Works works, long fileBytes) throws Exception {
        List<Contender> all = new ArrayList<>(both(works, who -> IoRows.read(site, who, 0, fileBytes)));
        all.add(Contender.peer(Peer.RAW_MEMORY, works.add(IoRows.read(site, Peer.RAW_MEMORY, 0, fileBytes))));
        return all;
    }

    private Curve writes() throws Exception {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (long size : SIZES) {
            point(points, "write", size, (site, works) -> both(works, who -> {
                long fileBytes = Math.max(size, site.sizes().fileBytes() / 4);
                FileChannel channel = site.file(who, 0, fileBytes, (int) size, IoRows.overwriting(who));
                return OwnCode.of(OverwriteWork.class, channel, fileBytes / size, (int) size, bed.seed());
            }));
        }
        return new Curve("overwrite at a random place, Stele's durable", "bytes written", true, points);
    }

    private int[] fileCounts() {
        return isQuick ? FILES_QUICK : FILES;
    }

    private Curve directorySize() throws Exception {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (int count : fileCounts()) {
            point(points, "directory", count, (site, works) -> both(works, who -> OwnCode.of(
                    StatWork.class, site.directory(who, 0), count, bed.seed())));
        }
        return new Curve("attributes of a file by its path", "files in its directory", false, points);
    }

    /// Creating in a directory of its own, beside so many files of others.
    private Curve files() throws Exception {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (int count : fileCounts()) {
            point(points, "files", count, (site, works) -> both(works, who -> {
                Names.createTree(site.directory(who, 0), count);
                return OwnCode.of(CreateWork.class, site.directory(who, 1), site.sizes().fileCount());
            }));
        }
        return new Curve("create", "files in the volume", false, points);
    }

    private Curve dirtyPages() throws Exception {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (int count : DIRTY) {
            point(points, "dirty", count, (site, works) -> List.of(
                    Contender.stele(works.add(sync(site, count, MapOption.TRACKED)), bed),
                    Contender.peer(Peer.FLUSH_EVERYTHING, works.add(sync(site, count, MapOption.UNTRACKED)))));
        }
        return new Curve("stores and a sync of a large mapping", "pages stored to", false, points);
    }

    private Work sync(Site site, int dirtyPages, MapOption tracking) throws Exception {
        DaxMapping mapping = site.mapping(
                tracking.ordinal(), site.sizes().mappingBytes() / 4, MapOption.POPULATED, tracking);
        return OwnCode.of(SparseSyncWork.class, mapping, mapping.segment(), (Runnable) mapping::force, dirtyPages, 0,
                bed.seed());
    }

    private Curve threads() throws Exception {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (int count = 1; count <= 4; count *= 2) {
            int threads = count;
            point(points, "threads", count, (site, works) -> both(works, who -> team(site, works, who, threads, 0)));
        }
        return new Curve("create, by several threads in directories of their own: time for each of all", "threads",
                false, points);
    }

    private Work team(Site site, Works works, String who, int threads, int first) throws Exception {
        if (threads == 1) {
            return OwnCode.of(CreateWork.class, site.directory(who, first), site.sizes().fileCount());
        }
        Work here = works.add(team(site, works, who, threads / 2, first));
        Work there = works.add(team(site, works, who, threads / 2, first + threads / 2));
        return new PairWork(here, there, List.of(bed.counters()));
    }

    private Curve fill() throws Exception {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (int percent : FILLS) {
            point(points, "fill", percent, (site, works) -> {
                fillVolume(site, percent);
                return both(works, who -> IoRows.append(site, who, 1, false));
            });
        }
        return new Curve("append 4 KiB, Stele's durable", "percent of the volume in use", false, points);
    }

    private void fillVolume(Site site, int percent) throws Exception {
        Path ballast = site.directory(Contender.STELE, 0).resolve("ballast");
        FileStore store = Files.getFileStore(bed.stele().path("/"));
        long free = store.getUsableSpace() - store.getTotalSpace() / 100 * (100 - percent);
        try (DaxFile file = bed.stele().file(ballast.toString())) {
            file.allocate(0, Math.max(Rows.BLOCK_BYTES, free & -Rows.BLOCK_BYTES));
        }
    }
}
