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
            assertEquals(7, curves.size());
            for (Curve each : curves) {
                assertEquals(2, each.points().size(), each.title());
                assertEquals(1, Set.copyOf(each.points().values().stream().map(List::size).toList()).size());
            }
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
    void aCorpusIsItsSeeds() {
        assertEquals(new Corpus(5).next(), new Corpus(5).next());
        assertTrue(new Corpus(5).next().contains(Corpus.word(1) + " "));
    }
}
