package dev.stele.check;

import dev.stele.format.DirectoryBlock;
import dev.stele.format.Inode;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads every directory, reachable or not, and counts who names whom.
final class DirectoryPass {
    static final byte[] LOST_AND_FOUND = "lost+found".getBytes(StandardCharsets.US_ASCII);

    private final Survey survey;
    private final InodeTable inodes;
    private final Findings findings;
    private final InodeBlocks blocks;
    private final TreeWalk walk;
    private final DirectoryReader reader;
    private final MemorySegment inode;
    private final MemorySegment child;

    DirectoryPass(Survey survey) {
        this.survey = survey;
        this.inodes = survey.inodes();
        this.findings = survey.findings();
        this.blocks = new InodeBlocks(survey);
        this.walk = new TreeWalk(survey.image(), survey.geometry());
        this.reader = new DirectoryReader(survey.image(),
                new NameHash(survey.contents().hashKey0(), survey.contents().hashKey1()));
        this.inode = survey.image().block();
        this.child = survey.image().block();
    }

    void run() {
        for (int i = 0; i < inodes.blockCount(); i++) {
            boolean isRead = false;
            for (int slot = 0; slot < Inode.PER_BLOCK; slot++) {
                int index = i * Inode.PER_BLOCK + slot;
                if (inodes.isDirectory(index)) {
                    isRead = isRead || survey.image().read(inodes.block(i), inode);
                    directory(index, slot * Inode.BYTES);
                }
            }
        }
    }

    private void directory(int index, long at) {
        long number = inodes.number(index);
        Names names = new Names(index, number);
        walk.walk(inode, at, number, names);
        if (names.count > 0) {
            inodes.set(index, InodeTable.FILLED);
        }
        if (names.count != Inode.entryCount(inode, at)) {
            findings.add(new Finding.WrongCount(number, "entryCount", names.count, Inode.entryCount(inode, at)));
            survey.entryCounts().put(index, names.count);
        }
    }

    private final class Names implements TreeWalk.Visitor, DirectoryReader.Visitor {
        private final int index;
        private final long directory;
        private final BlockSet visited = new BlockSet();
        private long count;

        Names(int index, long directory) {
            this.index = index;
            this.directory = directory;
        }

        @Override
        public boolean node(long node) {
            return visited.add(node) && !survey.isConflict(Survey.Conflict.ofMetadata(directory, node));
        }

        @Override
        public void leaf(long key, long block, long high) {
            if (survey.geometry().isUsable(block) && node(block)) {
                reader.read(block, directory, key, Math.min(high, DirectoryBlock.KEY_MASK + 1), this);
            }
        }

        @Override
        public void damage(Severity severity, String struct, long at, String expected, String found) {
            // What is wrong with the tree was told when its blocks were claimed.
            if (struct.startsWith("directory")) {
                findings.damage(severity, struct, at, expected, found);
                inodes.set(index, InodeTable.REBUILD);
            }
        }

        @Override
        public void badEntry(long at, String name, String problem) {
            bad(Severity.REPAIRABLE, at, name, problem);
        }

        @Override
        public void entry(long at, long key, long inodeNumber, int type, byte[] name) {
            count++;
            int target = inodes.indexOf(inodeNumber);
            if (!inodes.isLive(target)) {
                if (inodes.has(target, InodeTable.DROP) || !blocks.adopt(inodeNumber)) {
                    bad(Severity.LOSS, at, DirectoryReader.shown(name), "inode " + inodeNumber + " is not there");
                }
            } else if (inodes.type(target) == Kind.DIRECTORY) {
                subdirectory(at, target, type, name);
            } else {
                inodes.addLink(target);
                checkType(at, target, type, name);
            }
        }

        private void subdirectory(long at, int target, int type, byte[] name) {
            long number = inodes.number(target);
            if (number == survey.contents().rootInode()) {
                bad(Severity.REPAIRABLE, at, DirectoryReader.shown(name), "the root is in no directory");
                return;
            }
            long other = inodes.parent(target);
            if (other != 0 && !(other != directory && namesParent(target))) {
                bad(Severity.REPAIRABLE, at, DirectoryReader.shown(name), "directory " + number + " is in "
                        + other + " already");
                return;
            }
            if (other != 0) {
                bad(Severity.REPAIRABLE, at, DirectoryReader.shown(name), "directory " + number + " is in "
                        + other + " too");
                inodes.set(inodes.indexOf(other), InodeTable.REBUILD);
                inodes.removeLink(inodes.indexOf(other));
            }
            inodes.parent(target, directory);
            inodes.addLink(index);
            checkType(at, target, type, name);
            if (directory == survey.contents().rootInode() && isLostAndFound(name)) {
                survey.lostAndFound(number);
            }
        }

        private boolean isLostAndFound(byte[] name) {
            // Where a file had the name, repair added something to it.
            return Arrays.equals(name, LOST_AND_FOUND) || survey.lostAndFound() == 0
                    && name.length > LOST_AND_FOUND.length
                    && Arrays.equals(Arrays.copyOf(name, LOST_AND_FOUND.length), LOST_AND_FOUND);
        }

        /// Whether the directory at `target` itself says that this one is its parent.
        private boolean namesParent(int target) {
            long number = inodes.number(target);
            survey.image().read(Inode.blockOf(number), child);
            return Inode.device(child, Inode.slotOf(number) * Inode.BYTES) == directory;
        }

        private void checkType(long at, int target, int type, byte[] name) {
            if (type != inodes.type(target)) {
                bad(Severity.REPAIRABLE, at, DirectoryReader.shown(name), "says type " + type + ", the inode is of "
                        + inodes.type(target));
            }
        }

        private void bad(Severity severity, long at, String name, String problem) {
            findings.add(new Finding.BadEntry(severity, directory, at, name, problem));
            inodes.set(index, InodeTable.REBUILD);
        }
    }
}
