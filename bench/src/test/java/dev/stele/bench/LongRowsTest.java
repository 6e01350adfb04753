package dev.stele.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.api.Stele;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is not among the quick rows, with small sizes.
class LongRowsTest {
    @Test
    void everyCurveHasItsPoints() throws Exception {
        try (Bed bed = Bed.make(Bed.Sizes.TINY, 1)) {
            List<Curve> curves = new Curves(bed, Effort.TINY, true).all();
            assertEquals(8, curves.size());
            for (Curve each : curves) {
                boolean hasFloor = each.points().containsKey(Peer.RAW_MEMORY);
                assertEquals(hasFloor ? 3 : 2, each.points().size(), each.title());
                assertEquals(1, Set.copyOf(each.points().values().stream().map(List::size).toList()).size());
            }
            assertEquals(List.of("read 4 KiB at a random place"), curves.stream()
                    .filter(each -> each.points().containsKey(Peer.RAW_MEMORY)).map(Curve::title).toList());
        }
    }

    @Test
    void aFreshVolumePutsALargeFileIntoHugePages() throws Exception {
        Path shared = Files.createTempDirectory(Path.of("/dev/shm"), "stele-long-rows-");
        try (ChurnedVolume volume = new ChurnedVolume(shared.resolve("v.stele"), 64L << 20)) {
            assertTrue(volume.hugeShare(16L << 20) > 0.5);
            volume.churn(2, 1);
            try (Stream<Path> files = Files.list(volume.stele().path("/"))) {
                assertTrue(files.count() > 5);
            }
            assertTrue(volume.hugeShare(4L << 20) >= 0);
        } finally {
            Trees.delete(shared);
        }
    }

    /// `MMapDirectory` wants segments that are mapped, and a directory that can be forced.
    @Test
    void luceneFindsWhatItIndexedOnAVolume() throws Exception {
        try (Stele stele = Stele.inMemory(64L << 20);
                LuceneIndexWork work = new LuceneIndexWork(stele.path("/index"), 1L)) {
            assertEquals(1, work.operationsMax());
            work.prepare(1);
            work.run(1);
            work.check(1);
        }
    }

    @Test
    void h2FindsWhatItCommittedOnAVolume() throws Exception {
        try (Stele stele = Stele.inMemory(64L << 20);
                H2CommitWork work = new H2CommitWork(stele.path("/store"))) {
            for (int i = 0; i < 5; i++) {
                work.prepare(125);
                work.run(125);
                work.check(125);
            }
        }
    }

    /// All three of one volume that was written full twice.
    @Test
    void anAgedVolumeHasItsThreeRows() throws Exception {
        try (Bed bed = Bed.make(Bed.Sizes.TINY, 1)) {
            RowRun run = new RowRun(bed, Effort.TINY, false, null);
            assertEquals(List.of("aging", "aging-map-load", "aging-overwrite-4k"),
                    names(AgingRows.measure(run, 64L << 20, 8L << 20, 2)));
        }
    }

    @Test
    void manyFilesAndMuchWrittenHaveTheirTwoRows() throws Exception {
        try (Bed bed = Bed.make(Bed.Sizes.TINY, 1)) {
            RowRun run = new RowRun(bed, Effort.TINY, false, null);
            List<RowResult> results = MemoryRows.measure(run, 64L << 20, 1500, 48L << 20, 16L << 20);
            assertEquals(List.of("memory", "memory-page-cache"), names(results));
            assertEquals(List.of("limit"), results.getFirst().goals().stream().map(Goal::peer).toList());
        }
    }

    private static List<String> names(List<RowResult> results) {
        return results.stream().map(RowResult::name).toList();
    }

    @Test
    void aCorpusIsItsSeeds() {
        assertEquals(new Corpus(5).next(), new Corpus(5).next());
        assertTrue(new Corpus(5).next().contains(Corpus.word(1) + " "));
    }
}
