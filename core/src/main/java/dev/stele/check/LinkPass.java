package dev.stele.check;

import dev.stele.format.Inode;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Sees that every directory leads up to the root and that counts of links are what was counted.
final class LinkPass {
    private final Survey survey;
    private final InodeTable inodes;
    private final Findings findings;
    private final long root;
    private int[] path = new int[64];

    LinkPass(Survey survey) {
        this.survey = survey;
        this.inodes = survey.inodes();
        this.findings = survey.findings();
        this.root = survey.contents().rootInode();
    }

    void run() {
        int rootIndex = inodes.indexOf(root);
        if (!inodes.isDirectory(rootIndex)) {
            findings.loss("superblock.rootInode", Inode.at(root), "a directory", "something else");
        } else {
            inodes.set(rootIndex, InodeTable.VISITED);
        }
        for (int index = 0; index < inodes.slotCount(); index++) {
            if (inodes.isDirectory(index)) {
                climb(index);
            }
        }
        MemorySegment block = survey.image().block();
        for (int i = 0; i < inodes.blockCount(); i++) {
            survey.image().read(inodes.block(i), block);
            for (int slot = 0; slot < Inode.PER_BLOCK; slot++) {
                compare(i * Inode.PER_BLOCK + slot, block, slot * Inode.BYTES);
            }
        }
    }

    /// Goes up from a directory until something is known, and cuts the circle if it comes to where it was.
    private void climb(int from) {
        int length = 0;
        int index = from;
        while (index >= 0 && !inodes.has(index, InodeTable.VISITED | InodeTable.ON_PATH)) {
            if (length == path.length) {
                path = Arrays.copyOf(path, length * 2);
            }
            path[length++] = index;
            inodes.set(index, InodeTable.ON_PATH);
            index = inodes.parent(index) == 0 ? -1 : inodes.indexOf(inodes.parent(index));
        }
        if (index >= 0 && inodes.has(index, InodeTable.ON_PATH)) {
            cut(length, index);
        }
        for (int i = 0; i < length; i++) {
            inodes.clear(path[i], InodeTable.ON_PATH);
            inodes.set(path[i], InodeTable.VISITED);
        }
    }

    private void cut(int length, int meeting) {
        int lowest = meeting;
        for (int i = length - 1; path[i] != meeting; i--) {
            lowest = Math.min(lowest, path[i]);
        }
        findings.add(new Finding.Cycle(inodes.number(lowest)));
        inodes.set(lowest, InodeTable.CUT);
        inodes.set(inodes.indexOf(inodes.parent(lowest)), InodeTable.REBUILD);
    }

    private void compare(int index, MemorySegment s, long at) {
        if (!inodes.isLive(index) || inodes.has(index, InodeTable.DROP)) {
            return;
        }
        long number = inodes.number(index);
        int links = Inode.linkCount(s, at);
        if (isNamed(index)) {
            int expected = expectedLinks(index);
            if (links != expected) {
                findings.add(new Finding.WrongCount(number, "linkCount", expected, Integer.toUnsignedLong(links)));
            }
            long parent = expectedParent(index);
            if (parent != 0 && Inode.device(s, at) != parent) {
                findings.add(new Finding.WrongCount(number, "device", parent, Inode.device(s, at)));
            }
        } else if (links != 0 || !inodes.has(index, InodeTable.ORPHAN) || inodes.has(index, InodeTable.FILLED)) {
            findings.add(new Finding.Unreachable(number));
            inodes.set(index, InodeTable.UNREACHABLE);
        }
    }

    /// Whether a directory names the inode.
    boolean isNamed(int index) {
        return inodes.type(index) == Kind.DIRECTORY
                ? inodes.parent(index) != 0 || inodes.number(index) == root
                : inodes.links(index) > 0;
    }

    /// Links of an inode that is named: names, or for a directory its name, its own and those of its children.
    int expectedLinks(int index) {
        return inodes.links(index) + (inodes.type(index) == Kind.DIRECTORY ? 2 : 0);
    }

    /// What a directory must call its parent; 0 where the inode is no directory.
    long expectedParent(int index) {
        if (inodes.type(index) != Kind.DIRECTORY) {
            return 0;
        }
        return inodes.number(index) == root ? root : inodes.parent(index);
    }
}
