package dev.stele.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/// What JMH repeats, once: each does what it is there for, and says where it did not (N1).
class JmhBenchmarksTest {
    @Test
    void storesAreThere() throws Exception {
        MappingBenchmark benchmark = new MappingBenchmark();
        benchmark.create(false);
        try {
            benchmark.begin();
            benchmark.check();
            benchmark.persist64();
            benchmark.check();
            benchmark.copyPersist4k();
            benchmark.check();
            benchmark.mapStore();
            benchmark.check();
            benchmark.rawStore(); // elsewhere
            assertThrows(IllegalStateException.class, benchmark::check);
        } finally {
            benchmark.delete();
        }
    }

    @Test
    void rawStoresAreThere() throws Exception {
        MappingBenchmark benchmark = new MappingBenchmark();
        benchmark.create(true);
        try {
            benchmark.begin();
            benchmark.rawCopy4k();
            benchmark.check();
            benchmark.rawStore();
            benchmark.check();
            benchmark.mapStore();
            assertThrows(IllegalStateException.class, benchmark::check);
        } finally {
            benchmark.delete();
        }
    }

    @Test
    void loadsFindWhatWasFilledIn() throws Exception {
        MappingBenchmark benchmark = new MappingBenchmark();
        benchmark.create(false);
        try {
            for (int i = 0; i < 100; i++) {
                benchmark.mapLoad();
                benchmark.rawLoad();
            }
            benchmark.check();
        } finally {
            benchmark.delete();
        }
    }

    @Test
    void attributesAreThoseOfTheFile() throws Exception {
        StatBenchmark benchmark = new StatBenchmark();
        benchmark.create();
        try {
            for (int i = 1; i < 20; i++) {
                assertEquals(i % 7, benchmark.statStele().size());
            }
            assertEquals(20 % 7, benchmark.statTmpfs().size());
        } finally {
            benchmark.delete();
        }
    }
}
