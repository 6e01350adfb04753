package dev.stele.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Granularity;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.Run;
import dev.stele.format.Superblock;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.medium.MemoryMedium;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What repair keeps, and that it may be cut anywhere.
class RepairTest {
    private static <F extends Finding> List<F> found(Report report, Class<F> kind) {
        return report.findings().stream().filter(kind::isInstance).map(kind::cast).collect(Collectors.toList());
    }

    private static Map<String, Long> namesIn(Medium medium, long directory) {
        Map<String, Long> names = new TreeMap<>();
        try (Survey survey = Survey.of(medium)) {
            MemorySegment inode = survey.image().block();
            survey.image().read(Inode.blockOf(directory), inode);
            DirectoryReader reader = new DirectoryReader(survey.image(),
                    new NameHash(survey.contents().hashKey0(), survey.contents().hashKey1()));
            new TreeWalk(survey.image(), survey.geometry()).walk(inode, Inode.slotOf(directory) * Inode.BYTES,
                    directory, new TreeWalk.Visitor() {
                        @Override
                        public boolean node(long block) {
                            return true;
                        }

                        @Override
                        public void leaf(long key, long value, long high) {
                            reader.read(value, directory, key, high, new DirectoryReader.Visitor() {
                                @Override
                                public void entry(long at, long nameKey, long inodeNumber, int type, byte[] name) {
                                    names.put(DirectoryReader.shown(name), inodeNumber);
                                }

                                @Override
                                public void damage(Severity severity, String struct, long at, String expected,
                                        String found) {
                                    throw new AssertionError(struct);
                                }

                                @Override
                                public void badEntry(long at, String name, String problem) {
                                    throw new AssertionError(problem);
                                }
                            });
                        }

                        @Override
                        public void damage(Severity severity, String struct, long at, String expected, String found) {
                            throw new AssertionError(struct);
                        }
                    });
        }
        return names;
    }

    private static void assertRepaired(Medium medium) {
        Report report = Check.repair(medium);
        assertEquals(1, report.exitCode(), () -> report.findings() + " leaves " + report.remaining());
        assertEquals(List.of(), Check.run(medium).findings());
    }

    @Test
    void whatHasNoNameGetsOneInLostAndFound() {
        ImageBuilder image = new ImageBuilder(400);
        long directory = image.mkdir(image.root, "directory");
        long below = image.file(directory, "below", 9);
        long lost = image.unnamedFile(3);
        image.build();
        Report before = Check.run(image.medium);
        assertEquals(List.of(new Finding.Unreachable(lost)), before.findings());
        assertEquals(4, before.exitCode());
        assertRepaired(image.medium);
        Map<String, Long> names = namesIn(image.medium, image.root);
        assertEquals(directory, names.get("directory"));
        assertEquals(Map.of("#" + lost, lost), namesIn(image.medium, names.get("lost+found")));
        assertEquals(Map.of("below", below), namesIn(image.medium, directory));
        image.medium.close();
    }

    @Test
    void lostAndFoundMakesWayForAFileOfThatName() {
        ImageBuilder image = new ImageBuilder(400);
        image.inline(image.root, "lost+found", "a file");
        long lost = image.unnamedFile(1);
        image.build();
        assertRepaired(image.medium);
        assertEquals(Map.of("#" + lost, lost), namesIn(image.medium,
                namesIn(image.medium, image.root).get("lost+found.1")));
        image.medium.close();
    }

    @Test
    void aCircleIsCutAndKept() {
        ImageBuilder image = new ImageBuilder(400);
        long a = image.mkdir(image.root, "a");
        long b = image.mkdir(a, "b");
        image.file(b, "file", 2);
        image.build();
        // The entry of "a" now stands in "b" instead of the root: move the root's block to b.
        MemorySegment s = image.medium.metadata().segment();
        long rootBlock = (long) Layouts.WORD.get(s, Inode.rootEntryAt(Inode.at(image.root), 0) + 8);
        ImageBuilder circle = image;
        circle.change(image.root, inode -> {
            Inode.rootCount(inode, 0, 0);
            Inode.size(inode, 0, 0);
            Inode.blockCount(inode, 0, 0);
            Inode.entryCount(inode, 0, 0);
        });
        MemorySegment block = Arena.ofAuto().allocate(4096, 64).copyFrom(s.asSlice(Geometry.at(rootBlock), 4096));
        long bBlock = (long) Layouts.WORD.get(s, Inode.rootEntryAt(Inode.at(b), 0) + 8);
        Layouts.WORD.set(block, 16L, b);
        Layouts.WORD.set(block, 8L, bBlock);
        dev.stele.format.DirectoryBlock.seal(block, 0);
        image.medium.metadata().put(Geometry.at(bBlock), block, 0, 4096);
        Report before = Check.run(image.medium);
        assertEquals(1, found(before, Finding.Cycle.class).size(), before.findings()::toString);
        assertRepaired(image.medium);
        long lostAndFound = namesIn(image.medium, image.root).get("lost+found");
        assertTrue(namesIn(image.medium, lostAndFound).containsValue(a));
        assertEquals(Map.of("b", b), namesIn(image.medium, a));
        image.medium.close();
    }

    @Test
    void sharedBlocksAreCopied() {
        ImageBuilder image = new ImageBuilder(400);
        long first = image.file(image.root, "first", 2);
        long second = image.file(image.root, "second", 2);
        image.build();
        MemorySegment s = image.medium.metadata().segment();
        long run = (long) Layouts.WORD.get(s, Inode.rootEntryAt(Inode.at(first), 1) + 8);
        image.medium.metadata().putLong(Geometry.at(Run.start(run)), 0x1122334455667788L);
        image.change(second, inode -> Layouts.WORD.set(inode, Inode.rootEntryAt(0, 0) + 8, run));
        Report before = Check.run(image.medium);
        assertEquals(List.of(new Finding.SharedBlock(second, Run.start(run))),
                found(before, Finding.SharedBlock.class));
        assertRepaired(image.medium);
        long kept = (long) Layouts.WORD.get(s, Inode.rootEntryAt(Inode.at(first), 1) + 8);
        long copied = (long) Layouts.WORD.get(s, Inode.rootEntryAt(Inode.at(second), 0) + 8);
        assertEquals(run, kept);
        assertTrue(Run.start(copied) != Run.start(run));
        assertEquals(0x1122334455667788L, (long) Layouts.WORD.get(s, Geometry.at(Run.start(copied))));
        image.medium.close();
    }

    @Test
    void aSuperblockComesBackFromItsCopy() {
        for (long lost : new long[] {0, Geometry.BLOCK_BYTES}) {
            ImageBuilder image = ImageBuilder.sample();
            image.medium.metadata().putZeros(lost, Superblock.BYTES);
            assertRepaired(image.medium);
            assertEquals("built", Superblock.decode(image.medium.metadata().segment(), lost).label());
            image.medium.close();
        }
    }

    @Test
    void unknownFeaturesAreLeftAlone() {
        ImageBuilder image = ImageBuilder.sample();
        MemorySegment s = Arena.ofAuto().allocate(512, 64).copyFrom(image.medium.metadata().segment().asSlice(0, 512));
        s.set(Layouts.U32, dev.stele.format.Layouts.offset(Superblock.LAYOUT, "incompatible"), 0x40);
        Superblock.seal(s, 0);
        image.medium.metadata().put(0, s, 0, 512);
        image.medium.metadata().put(4096, s, 0, 512);
        Report report = Check.repair(image.medium);
        assertEquals(8, report.exitCode());
        assertTrue(report.obstacle().contains("0x40"), report.obstacle());
        image.medium.close();
    }

    @Test
    void aTruncatedImageKeepsWhatIsLeft() {
        ImageBuilder image = ImageBuilder.sample();
        MemorySegment whole = image.medium.metadata().segment();
        for (long blocks = 256; blocks < 512; blocks += 13) {
            try (Medium shorter = MemoryMedium.create(Geometry.at(blocks))) {
                shorter.metadata().put(0, whole, 0, Geometry.at(blocks));
                Report before = Check.run(shorter);
                assertEquals(4, before.exitCode());
                assertRepaired(shorter);
                assertEquals(blocks, Superblock.decode(shorter.metadata().segment(), 0).geometry().blockCount());
            }
        }
        for (long blocks : new long[] {1, 2, 6, 7, 20, 60, 255}) {
            try (Medium shorter = MemoryMedium.create(Geometry.at(blocks))) {
                shorter.metadata().put(0, whole, 0, Geometry.at(blocks));
                assertEquals(8, Check.repair(shorter).exitCode());
            }
        }
        image.medium.close();
    }

    @Test
    void randomBytesAreNoVolume() {
        try (Medium medium = MemoryMedium.create(1 << 20)) {
            Random random = new Random(5);
            for (int round = 0; round < 50; round++) {
                byte[] bytes = new byte[1 << 20];
                random.nextBytes(bytes);
                MemorySegment.copy(bytes, 0, medium.metadata().segment(), ValueLayout.JAVA_BYTE, 0,
                        bytes.length);
                assertEquals(8, Check.run(medium).exitCode());
                assertEquals(8, Check.repair(medium).exitCode());
            }
        }
    }

    /// On an image file the whole repair is one checkpoint: the file holds all of it or nothing.
    @Test
    void anImageFileIsRepairedByOneCheckpoint(@TempDir Path directory) throws IOException {
        ImageBuilder image = ImageBuilder.sample();
        MemorySegment s = image.medium.metadata().segment();
        image.medium.metadata().putZeros(0, Superblock.BYTES);
        image.medium.metadata().putLong(Geometry.inodeBitmapAt(0), 0);
        image.change(image.root, inode -> Inode.linkCount(inode, 0, 77));
        Path file = directory.resolve("image.stele");
        Files.write(file, s.toArray(ValueLayout.JAVA_BYTE));
        image.medium.close();
        try (Medium medium = Media.openImage(file, MediumOptions.DEFAULT)) {
            assertEquals(Granularity.PAGE, medium.granularity());
            assertEquals(4, Check.run(medium).exitCode());
            assertRepaired(medium);
        }
        try (Medium medium = Media.openImage(file, MediumOptions.DEFAULT.withReadOnly(true))) {
            assertEquals(List.of(), Check.run(medium).findings());
            assertEquals(0, Check.repair(medium).exitCode());
        }
    }

    @Test
    void aReadOnlyMediumIsCheckedAndNotRepaired(@TempDir Path directory) throws IOException {
        ImageBuilder image = ImageBuilder.sample();
        image.change(image.root, inode -> Inode.linkCount(inode, 0, 77));
        Path file = directory.resolve("image.stele");
        Files.write(file, image.medium.metadata().segment().toArray(ValueLayout.JAVA_BYTE));
        image.medium.close();
        try (Medium medium = Media.openImage(file, MediumOptions.DEFAULT.withReadOnly(true))) {
            assertEquals(4, Check.run(medium).exitCode());
            assertEquals(8, Check.repair(medium).exitCode());
        }
    }

    /// Cuts a repair of much damage after every few stores and repairs what that leaves.
    @Test
    void aRepairThatIsCutIsRepaired() {
        ImageBuilder image = ImageBuilder.sample();
        MemorySegment s = image.medium.metadata().segment();
        Random random = new Random(11);
        for (Structure structure : Structure.of(s, image.geometry)) {
            if (structure.at() > 4096 && random.nextInt(6) == 0) {
                image.medium.metadata().putLong(structure.at() + random.nextInt(14) * 8, random.nextLong());
            }
        }
        image.medium.metadata().putZeros(0, Superblock.BYTES);
        image.medium.metadata().putLong(Geometry.inodeBitmapAt(0), 0);
        long stores = 0;
        int names = 0;
        for (long cut = 0; ; cut += 1 + stores / 150) {
            try (CutMedium medium = new CutMedium(s)) {
                medium.storesLeft = cut;
                boolean wasCut = false;
                try {
                    Check.repair(medium);
                } catch (CutMedium.Cut expected) {
                    wasCut = true;
                }
                stores = medium.counters().ofAllThreads().stores();
                medium.storesLeft = Long.MAX_VALUE;
                long at = cut;
                Report again = Check.repair(medium);
                assertTrue(again.isClean(), () -> "cut after " + at + " stores: " + again.remaining());
                if (!wasCut) {
                    break;
                }
                names++;
            }
        }
        assertTrue(names > 50, "cut only " + names + " times");
        image.medium.close();
    }

    /// What was free and looks like inodes must not come back as files: a repair marks blocks for what it writes, and
    /// where it was cut behind that, the next one took a block so marked for one of inodes.
    @Test
    void aRepairThatIsCutRevivesNothing() {
        ImageBuilder image = new ImageBuilder(400);
        long like = image.inline(image.root, "small", "a file");
        long lost = image.unnamedFile(3);
        image.build();
        disguiseFreeBlocks(image.medium.metadata().segment(), like, 400);
        boolean isCut = true;
        for (long cut = 0; isCut; cut++) {
            try (CutMedium medium = new CutMedium(image.medium.metadata().segment())) {
                medium.storesLeft = cut;
                isCut = isCut(medium);
                medium.storesLeft = Long.MAX_VALUE;
                Check.repair(medium);
                Map<String, Long> found = namesIn(medium, namesIn(medium, image.root).get("lost+found"));
                assertEquals(lost, found.remove("#" + lost), "cut after " + cut + " stores");
                // A directory that was to become lost+found.
                assertTrue(found.size() <= 1, "cut after " + cut + " stores: " + found);
            }
        }
        image.medium.close();
    }

    private static boolean isCut(CutMedium medium) {
        try {
            Check.repair(medium);
            return false;
        } catch (CutMedium.Cut expected) {
            return true;
        }
    }

    private static void disguiseFreeBlocks(MemorySegment s, long like, long blockCount) {
        MemorySegment inode = Arena.ofAuto().allocate(Inode.BYTES, 64);
        for (long block = Geometry.JOURNAL; block < blockCount; block++) {
            long word = (long) Layouts.WORD.get(s, Geometry.blockBitmapAt(0) + (block >>> 6) * 8);
            for (int slot = 0; (word >>> (block & 63) & 1) == 0 && slot < Inode.PER_BLOCK; slot++) {
                MemorySegment.copy(s, Inode.at(like), inode, 0, Inode.BYTES);
                Inode.self(inode, 0, Inode.number(block, slot));
                Inode.seal(inode, 0);
                MemorySegment.copy(inode, 0, s, Inode.at(Inode.number(block, slot)), Inode.BYTES);
            }
        }
    }
}
