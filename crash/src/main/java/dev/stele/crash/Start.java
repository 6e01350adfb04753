package dev.stele.crash;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;

/// The volumes that workloads start from, of 1 MiB each, made the same way every time. Every free block holds a magic
/// number that nobody must ever read.
enum Start {
    /// As mkfs leaves it.
    EMPTY('E') {
        @Override
        void fill(Stage stage) {
        }
    },
    /// Files of every kind, those that workloads name among them: inline, of blocks, of many extents, linked twice.
    POPULATED('P') {
        @Override
        void fill(Stage stage) {
            populate(stage);
        }
    },
    /// The same with three blocks left.
    NEARLY_FULL('N') {
        @Override
        void fill(Stage stage) {
            populate(stage);
            fillUp(stage, 3);
        }
    },
    /// The same with no two free blocks side by side.
    FRAGMENTED('F') {
        @Override
        void fill(Stage stage) {
            populate(stage);
            fillUp(stage, 0);
            int blocks = stage.tree.find("filler").bytes.length / 4096;
            for (int block = 1; block < blocks; block += 2) {
                stage.punch("filler", block * 4096, 4096);
            }
        }
    };

    static final long SIZE_BYTES = 1 << 20;
    static final int JOURNAL_BLOCKS = 16;
    static final long FIRST_USABLE_BLOCK = Geometry.JOURNAL + JOURNAL_BLOCKS;
    /// What stands in free blocks: at four places of each, so that a new block's other lines need no store.
    static final long MAGIC = 0xDEAD_B10C_DEAD_B10CL;
    private static final int MAGIC_STEP_BYTES = 1344;

    final char letter;

    Start(char letter) {
        this.letter = letter;
    }

    abstract void fill(Stage stage);

    /// @throws IllegalArgumentException where there is none of that letter
    static Start of(char letter) {
        for (Start each : values()) {
            if (each.letter == letter) {
                return each;
            }
        }
        throw new IllegalArgumentException("no volume to start from is called " + letter);
    }

    /// The bytes of such a volume, and what they stand for.
    record Image(MemorySegment bytes, Tree tree, Geometry geometry, long emptyFreeBlocks) {
    }

    Image make() {
        try (SimMedium medium = SimMedium.create(SIZE_BYTES)) {
            Volume.format(medium, new FormatOptions("crash", new UUID(1, 2), 3, 4, JOURNAL_BLOCKS, 0, 0, 1));
            medium.settle();
            Tree tree;
            long free;
            try (Stage stage = new Stage(medium, null)) {
                free = stage.volume.statistics().freeBlocks();
                fill(stage);
                stage.sync();
                stage.compare();
                tree = stage.tree;
            }
            // The log is emptied by the next open, as after a power cut.
            Recoveries.open(medium).sync();
            medium.settle();
            MemorySegment bytes = Arena.ofAuto().allocate(SIZE_BYTES, 4096);
            bytes.copyFrom(medium.metadata().segment());
            Geometry geometry = new Geometry(SIZE_BYTES >>> Geometry.BLOCK_SHIFT, JOURNAL_BLOCKS);
            poison(bytes, geometry);
            return new Image(bytes, tree, geometry, free);
        }
    }

    private static void poison(MemorySegment bytes, Geometry geometry) {
        long bitmap = Geometry.blockBitmapAt(0);
        for (int block = geometry.firstUsableBit(0); block < geometry.blockCount(); block++) {
            long word = (long) Layouts.WORD.get(bytes, bitmap + (block >>> 6) * 8L);
            if ((word >>> (block & 63) & 1) == 0) {
                for (long at = 0; at < Geometry.BLOCK_BYTES; at += MAGIC_STEP_BYTES) {
                    Layouts.WORD.set(bytes, Geometry.at(block) + at, MAGIC);
                }
            }
        }
    }

    private static void populate(Stage stage) {
        stage.mkdir("A");
        stage.mkdir("B");
        stage.mkdir("A/C");
        stage.file("foo", 9000);
        stage.file("bar", 100);
        stage.scattered("A/foo", 10);
        stage.file("A/bar", 0);
        stage.setXattr("A/bar", "user.big", 6000);
        stage.symlink("B/short", 9);
        stage.symlink("B/long", 1000);
        for (int i = 0; i < 12; i++) {
            stage.file("B/name-" + "n".repeat(60) + i, i == 3 ? 5000 : 0);
        }
        stage.link("foo", "B/link");
    }

    /// @param leaves free blocks that are left
    private static void fillUp(Stage stage, int leaves) {
        stage.create("filler");
        int size = 0;
        try {
            while (true) {
                stage.allocate("filler", size, 4096, false);
                size += 4096;
            }
        } catch (VolumeException full) {
            if (full.errno() != Errno.ENOSPC) {
                throw full;
            }
        }
        stage.truncate("filler", size - leaves * 4096);
    }
}
