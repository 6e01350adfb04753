package dev.stele.check;

import dev.stele.format.Geometry;
import dev.stele.format.Superblock;
import dev.stele.medium.Medium;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/// One look at the whole volume: what the passes found out, for the report and for the repair.
final class Survey implements AutoCloseable {
    /// A reference of an inode that lost a block to another: `place` is the file block of the extent, or for a block of
    /// metadata that block's number with the sign bit set.
    record Conflict(long inode, long place) {
        static Conflict ofMetadata(long inode, long block) {
            return new Conflict(inode, block | Long.MIN_VALUE);
        }
    }

    private static final int MAX_CONFLICTS = 100_000;

    private final Medium medium;
    private final boolean readsData;
    private final Image image;
    private final Findings findings = new Findings();
    private final InodeTable inodes = new InodeTable();
    /// Blocks that something uses.
    private final BlockSet claims = new BlockSet();
    /// Blocks marked as holding inodes that are zero where a slot begins: empty, or somebody's data.
    private final BlockSet blankInodeBlocks = new BlockSet();
    /// Those of them that are nobody's data.
    private final BlockSet emptyInodeBlocks = new BlockSet();
    /// Blocks that hold inodes although the inode bitmap does not say so.
    private final NavigableSet<Long> missingInodeBlocks = new TreeSet<>();
    private final Set<Conflict> conflicts = new HashSet<>();
    /// Counted names of directories whose own count is wrong, by index.
    private final Map<Integer, Long> entryCounts = new HashMap<>();
    private final Tally tally = new Tally();
    private Superblock.Contents contents;
    private boolean superblocksAgree;
    private OrphanPass orphans;
    private long lostAndFound;
    private String obstacle = "";

    static Survey of(Medium medium) {
        return of(medium, false);
    }

    /// @param readsData whether every block of every file is read, too
    static Survey of(Medium medium, boolean readsData) {
        Survey survey = new Survey(medium, readsData);
        try {
            survey.run();
        } catch (Throwable failure) {
            survey.close();
            throw failure;
        }
        return survey;
    }

    private Survey(Medium medium, boolean readsData) {
        this.medium = medium;
        this.readsData = readsData;
        this.image = new Image(medium);
    }

    private void run() {
        judge();
        for (long block : image.unreadable()) {
            findings.add(new Finding.Unreadable("block " + block, Geometry.at(block)));
        }
    }

    private void judge() {
        SuperblockPass superblocks = new SuperblockPass(image, findings);
        contents = superblocks.choose();
        obstacle = superblocks.obstacle();
        if (contents == null || !obstacle.isEmpty()) {
            contents = null;
            return;
        }
        superblocksAgree = superblocks.agree();
        new InodePass(this).run();
        orphans = new OrphanPass(this);
        orphans.run();
        new DirectoryPass(this).run();
        new LinkPass(this).run();
        new BitmapPass(this).report();
    }

    Medium medium() {
        return medium;
    }

    boolean readsData() {
        return readsData;
    }

    Image image() {
        return image;
    }

    Findings findings() {
        return findings;
    }

    InodeTable inodes() {
        return inodes;
    }

    BlockSet claims() {
        return claims;
    }

    BlockSet blankInodeBlocks() {
        return blankInodeBlocks;
    }

    BlockSet emptyInodeBlocks() {
        return emptyInodeBlocks;
    }

    NavigableSet<Long> missingInodeBlocks() {
        return missingInodeBlocks;
    }

    Map<Integer, Long> entryCounts() {
        return entryCounts;
    }

    Tally tally() {
        return tally;
    }

    OrphanPass orphans() {
        return orphans;
    }

    Superblock.Contents contents() {
        return contents;
    }

    Geometry geometry() {
        return contents.geometry();
    }

    boolean superblocksAgree() {
        return superblocksAgree;
    }

    /// Why there is nothing to survey, empty where there is.
    String obstacle() {
        return obstacle;
    }

    /// Inode of the root's entry `lost+found`, 0 for none.
    long lostAndFound() {
        return lostAndFound;
    }

    void lostAndFound(long inode) {
        lostAndFound = inode;
    }

    void conflict(Conflict conflict) {
        // A repair looks again after each round: what is not remembered now is found then.
        if (conflicts.size() < MAX_CONFLICTS) {
            conflicts.add(conflict);
        }
    }

    boolean isConflict(Conflict conflict) {
        return conflicts.contains(conflict);
    }

    Report.Totals totals() {
        return contents == null ? Report.Totals.NONE
                : tally.totals(claims.size(), geometry().usableBlocks() - claims.size());
    }

    @Override
    public void close() {
        image.close();
    }
}
