package dev.stele.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.Run;
import dev.stele.format.TreeNode;
import dev.stele.journal.Transaction;
import dev.stele.medium.MemoryMedium;
import dev.stele.space.Space;
import dev.stele.tree.Cursor;
import dev.stele.tree.Ground;
import dev.stele.tree.Tree;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Trees that lie. Whatever stands in a node or in the root of an inode, with a right checksum or a wrong one, every
/// search and every change ends, with an answer or with a CorruptionException.
class DamageTest {
    private static final int DAMAGES = Integer.getInteger("stele.damages", 1000);
    private static final int EXTENTS = 3000;

    private final Ground ground = new Ground(MemoryMedium.create(32 << 20));
    private final List<Long> nodes = new ArrayList<>();
    private final Extent extent = new Extent();
    private final Cursor cursor = new Cursor();
    private byte[] whole;
    private Random random;
    private int found;

    @BeforeEach
    void buildTree() {
        Extents extents = new Extents(ground.space, ground.tree);
        Transaction tx = null;
        for (int i = 0; i < EXTENTS; i++) {
            if (i % 250 == 0) {
                tx = ground.journal.begin();
            }
            long run = ground.space.allocate(tx, 0, 1, 1 + i % 2);
            extents.insert(tx, ground.inode, 4L * i, i % 3 == 0 ? run | Long.MIN_VALUE : run);
            if (i % 250 == 249) {
                tx.commit();
            }
        }
        assertEquals(2, ground.depth());
        BitSet owned = new BitSet();
        assertEquals(EXTENTS, ground.walk(ground.inode, owned).size());
        owned.stream().forEach(block -> nodes.add((long) block));
        whole = ground.segment().toArray(ValueLayout.JAVA_BYTE);
    }

    @AfterEach
    void close() {
        ground.close();
    }

    @Test
    void everyFieldOfANodeMayLie() {
        fuzz(20261121, this::damageNode);
        assertTrue(found > DAMAGES / 4, found + " of " + DAMAGES + " were found");
    }

    @Test
    void everyFieldOfTheRootMayLie() {
        fuzz(20261122, this::damageRoot);
        assertTrue(found > DAMAGES / 4, found + " of " + DAMAGES + " were found");
    }

    private void fuzz(long seed, Runnable damage) {
        random = new Random(seed);
        for (int i = 0; i < DAMAGES; i++) {
            damage.run();
            String where = "seed " + seed + ", damage " + i;
            assertTimeoutPreemptively(Duration.ofSeconds(20), this::useEverything, where);
            restore();
        }
    }

    private final List<Long> damagedAt = new ArrayList<>();

    private void damageNode() {
        int words = random.nextInt(3) + 1;
        long at = Geometry.at(nodes.get(random.nextInt(nodes.size())));
        damagedAt.add(at);
        for (int i = 0; i < words; i++) {
            int count = TreeNode.count(ground.segment(), at);
            switch (random.nextInt(4)) {
                case 0 -> set(at + 8 * random.nextInt(4), odd(at));
                case 1 -> TreeNode.count(ground.segment(), at, random.nextInt(-3, 300));
                case 2 -> set(TreeNode.entryAt(at, random.nextInt(Math.clamp(count, 1, 252))), odd(at));
                default -> set(TreeNode.entryAt(at, random.nextInt(Math.clamp(count, 1, 252))) + 8, odd(at));
            }
        }
        if (random.nextInt(8) != 0) {
            TreeNode.seal(ground.segment(), at);
        }
    }

    private void damageRoot() {
        long at = Inode.at(ground.inode);
        damagedAt.add(at & -Geometry.BLOCK_BYTES);
        for (int i = 0; i < random.nextInt(3) + 1; i++) {
            switch (random.nextInt(5)) {
                case 0 -> Inode.rootCount(ground.segment(), at, random.nextInt(12));
                case 1 -> Inode.rootDepth(ground.segment(), at, random.nextInt(12));
                case 2 -> Inode.blockCount(ground.segment(), at, random.nextInt(4) - 2);
                case 3 -> set(Inode.rootEntryAt(at, random.nextInt(8)), odd(at));
                default -> set(Inode.rootEntryAt(at, random.nextInt(8)) + 8, odd(at));
            }
        }
        Inode.seal(ground.segment(), at);
    }

    private void set(long at, long value) {
        Layouts.WORD.set(ground.segment(), at, value);
    }

    /// Something that looks as if it belonged there.
    private long odd(long at) {
        long word = (long) Layouts.WORD.get(ground.segment(), at + 8L * random.nextInt(512));
        return switch (random.nextInt(9)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> word;
            case 3 -> word ^ 1L << random.nextInt(64);
            case 4 -> nodes.get(random.nextInt(nodes.size()));
            case 5 -> Geometry.blockOf(at);
            case 6 -> 4L * random.nextInt(EXTENTS);
            case 7 -> Run.of(1 + random.nextLong(ground.geometry.blockCount() + 10), 1 + random.nextInt(3000));
            default -> random.nextLong();
        };
    }

    private void restore() {
        for (long at : damagedAt) {
            MemorySegment.copy(whole, (int) at, ground.segment(), ValueLayout.JAVA_BYTE, at, Geometry.BLOCK_BYTES);
        }
        damagedAt.clear();
    }

    /// As after opening the volume anew: nothing is verified.
    private void useEverything() {
        boolean before = random.nextBoolean();
        Space space = new Space(ground.medium, ground.geometry);
        Tree tree = new Tree(ground.medium, space);
        Extents extents = new Extents(space, tree);
        int foundHere = 0;
        if (before) {
            foundHere += search(tree, extents);
        }
        foundHere += change(space, tree, extents);
        foundHere += search(tree, extents);
        found += foundHere > 0 ? 1 : 0;
    }

    private int search(Tree tree, Extents extents) {
        long inode = ground.inode;
        int damages = 0;
        for (int i = 0; i < 20; i++) {
            long block = random.nextLong(4L * EXTENTS + 5);
            damages += attempt(() -> tree.floor(inode, block, cursor));
            damages += attempt(() -> tree.ceiling(inode, block, cursor));
            damages += attempt(() -> extents.find(inode, block, extent));
        }
        damages += attempt(() -> {
            int count = 0;
            for (boolean more = tree.ceiling(inode, 0, cursor); more; more = tree.next(cursor)) {
                assertTrue(++count <= 300 * 300, "no end");
            }
        });
        damages += attempt(() -> extents.list(inode, 0, Extents.MAX_BLOCKS, extent, (block, start, count, unwritten) ->
                assertTrue(ground.geometry.isUsable(start, count), "nonsense was believed")));
        damages += attempt(() -> extents.nextData(inode, random.nextLong(4L * EXTENTS), extent));
        damages += attempt(() -> extents.nextHole(inode, random.nextLong(4L * EXTENTS), extent));
        return damages;
    }

    private int change(Space space, Tree tree, Extents extents) {
        long inode = ground.inode;
        long block = random.nextLong(4L * EXTENTS);
        long end = block + random.nextLong(4000);
        return staged(tx -> tree.put(tx, inode, block, block))
                + staged(tx -> tree.splice(tx, inode, block, end + 1, new long[0], 0))
                + staged(tx -> extents.remove(tx, inode, block, end + 1))
                + staged(tx -> extents.remove(tx, inode, 0, Extents.MAX_BLOCKS))
                + staged(tx -> extents.markWritten(tx, inode, block, end - block + 1))
                + staged(tx -> extents.replace(tx, inode, block, space.allocate(tx, 0, 1, 300)))
                + staged(tx -> extents.shift(tx, inode, block, 17))
                + staged(tx -> tree.clear(tx, inode));
    }

    private interface Change {
        void in(Transaction tx);
    }

    private int staged(Change change) {
        Transaction tx = ground.journal.begin();
        try {
            return attempt(() -> change.in(tx));
        } finally {
            tx.abort();
        }
    }

    private static int attempt(Runnable use) {
        try {
            use.run();
            return 0;
        } catch (CorruptionException e) {
            return 1;
        } catch (VolumeException e) {
            // Numbers that are possible, but too large to move.
            assertEquals(Errno.EFBIG, e.errno());
            return 0;
        }
    }
}
