package dev.stele.check;

import dev.stele.error.CorruptionException;
import dev.stele.format.DirectoryBlock;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.Superblock;
import java.lang.foreign.MemorySegment;

/// Finds out what the volume is: from the superblock or its copy, whichever agrees better with the rest of the medium.
final class SuperblockPass {
    private static final int SUM_IS_RIGHT = 32;
    private static final int FITS = 16;
    private static final int KNOWN_FEATURES = 8;
    private static final int HAS_ROOT = 4;
    private static final int HASHES_AGREE = 2;

    private final Image image;
    private final Findings findings;
    private final MemorySegment first;
    private final MemorySegment second;
    private final MemorySegment work;
    private boolean agree;
    private String obstacle = "";

    SuperblockPass(Image image, Findings findings) {
        this.image = image;
        this.findings = findings;
        this.first = image.block();
        this.second = image.block();
        this.work = image.block();
    }

    /// @return what to believe, its geometry cut to the medium; null where there is nothing to believe
    Superblock.Contents choose() {
        Superblock.Contents before = better();
        if (before == null) {
            obstacle = "neither the superblock nor its copy is one of a Stele volume";
            findings.loss("superblock", 0, "a superblock", "something else");
            return null;
        }
        image.log(Log.read(image, before.geometry(), findings));
        // The root directory, by which both are judged, may wait in the log.
        Superblock.Contents contents = better();
        report(contents);
        return fitted(contents);
    }

    /// Whether both stand on the medium as chosen.
    boolean agree() {
        return agree;
    }

    String obstacle() {
        return obstacle;
    }

    private Superblock.Contents better() {
        image.read(Geometry.SUPERBLOCK, first);
        image.read(Geometry.SUPERBLOCK_COPY, second);
        Superblock.Contents a = decode(first);
        Superblock.Contents b = decode(second);
        int scoreA = score(a, first);
        int scoreB = score(b, second);
        if (scoreA == scoreB && a != null) {
            return b.geometry().blockCount() > a.geometry().blockCount() ? b : a;
        }
        return scoreA >= scoreB ? a : b;
    }

    /// Decodes also where nothing but the checksum is wrong.
    private Superblock.Contents decode(MemorySegment from) {
        try {
            MemorySegment.copy(from, 0, work, 0, Superblock.BYTES);
            Superblock.seal(work, 0);
            Superblock.Contents contents = Superblock.decode(work, 0);
            return Geometry.JOURNAL + contents.geometry().journalBlockCount() < image.blockCount() ? contents : null;
        } catch (CorruptionException impossible) {
            return null;
        }
    }

    private int score(Superblock.Contents c, MemorySegment from) {
        if (c == null) {
            return 0;
        }
        int score = 1 + (isSummed(from) ? SUM_IS_RIGHT : 0);
        score += c.geometry().blockCount() <= image.blockCount() ? FITS : 0;
        score += unknownFeatures(c).isEmpty() ? KNOWN_FEATURES : 0;
        return score + evidence(c);
    }

    private static boolean isSummed(MemorySegment from) {
        try {
            Superblock.decode(from, 0);
            return true;
        } catch (CorruptionException bad) {
            return false;
        }
    }

    /// What the root directory says for a superblock.
    private int evidence(Superblock.Contents c) {
        long root = c.rootInode();
        MemorySegment inode = image.block();
        if (root <= 0 || !c.geometry().isUsable(Inode.blockOf(root)) || !image.read(Inode.blockOf(root), inode)) {
            return 0;
        }
        long at = Inode.slotOf(root) * Inode.BYTES;
        if (Slot.of(inode, at, root) != Slot.WHOLE || Kind.ofMode(Inode.mode(inode, at)) != Kind.DIRECTORY
                || Inode.device(inode, at) != root) {
            return 0;
        }
        long block = (long) Layouts.WORD.get(inode, Inode.rootEntryAt(at, 0) + 8);
        boolean hasBlock = Inode.rootDepth(inode, at) == 0 && Inode.rootCount(inode, at) > 0;
        return HAS_ROOT + (hasBlock && hashesAgree(c, block) ? HASHES_AGREE : 0);
    }

    private boolean hashesAgree(Superblock.Contents c, long block) {
        MemorySegment s = image.block();
        if (!c.geometry().isUsable(block) || !image.read(block, s) || !DirectoryBlock.hasMagic(s, 0)) {
            return false;
        }
        NameHash hash = new NameHash(c.hashKey0(), c.hashKey1());
        for (int slot = 0; slot < DirectoryBlock.SLOT_COUNT; slot++) {
            long word = DirectoryBlock.slot(s, 0, slot);
            if (DirectoryBlock.isUsed(word) && DirectoryReader.isWhole(s, word)) {
                long entryAt = DirectoryBlock.entryOffset(word);
                int nameBytes = DirectoryBlock.entryNameBytes(s, entryAt);
                return hash.keyOf(s, entryAt, nameBytes) == DirectoryBlock.entryKey(s, entryAt);
            }
        }
        return false;
    }

    private void report(Superblock.Contents contents) {
        Superblock.encode(contents, work, 0);
        boolean firstIsRight = work.asSlice(0, Superblock.BYTES).mismatch(first.asSlice(0, Superblock.BYTES)) < 0;
        boolean secondIsRight = work.asSlice(0, Superblock.BYTES).mismatch(second.asSlice(0, Superblock.BYTES)) < 0;
        if (!firstIsRight) {
            findings.repairable("superblock", 0, "as its copy or its checksum says", "otherwise");
        }
        if (!secondIsRight) {
            findings.repairable("superblock", Geometry.at(Geometry.SUPERBLOCK_COPY), "a copy of block 0", "otherwise");
        }
        agree = firstIsRight && secondIsRight;
        String unknown = unknownFeatures(contents);
        if (!unknown.isEmpty()) {
            obstacle = "the volume uses features this program does not know (" + unknown + "): use a newer one";
        }
    }

    private static String unknownFeatures(Superblock.Contents c) {
        int incompatible = c.incompatible() & ~Superblock.KNOWN_INCOMPATIBLE;
        int readOnly = c.readOnlyCompatible() & ~Superblock.KNOWN_READ_ONLY_COMPATIBLE;
        return incompatible == 0 && readOnly == 0 ? ""
                : "incompatible 0x" + Integer.toHexString(incompatible)
                        + ", read-only compatible 0x" + Integer.toHexString(readOnly);
    }

    private Superblock.Contents fitted(Superblock.Contents c) {
        if (c.geometry().blockCount() <= image.blockCount()) {
            return c;
        }
        agree = false;
        findings.loss("superblock.blockCount", 0, "at most " + image.blockCount() + " blocks, as the medium has",
                c.geometry().blockCount());
        try {
            Geometry geometry = new Geometry(image.blockCount(), c.geometry().journalBlockCount());
            return new Superblock.Contents(geometry, c.rootInode(), c.createTimeNanos(), c.compatible(),
                    c.readOnlyCompatible(), c.incompatible(), c.label(), c.uuid(), c.hashKey0(), c.hashKey1());
        } catch (IllegalArgumentException tooSmall) {
            obstacle = "the medium is too short for the volume: " + image.sizeBytes() + " bytes";
            return null;
        }
    }
}
