package dev.stele.check;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import java.lang.foreign.MemorySegment;

/// Finds the inodes, judges each by itself and claims what it owns: first blocks that name their owner (inodes, trees,
/// directories, attributes), then the data of files, so that a wrong extent never takes a block from its true owner.
final class InodePass {
    private static final int KNOWN_FLAGS = Inode.SEALED | Inode.INLINE;
    /// Blocks of the largest file, 2^63 - 1 bytes.
    static final long MAX_FILE_BLOCKS = 1L << 51;
    private static final int MAX_TARGET_BYTES = 4095;

    private final Survey survey;
    private final Image image;
    private final Findings findings;
    private final InodeTable inodes;
    private final BlockSet claims;
    private final Geometry geometry;
    private final TreeWalk walk;
    private final XattrReader xattrs;
    private final MemorySegment block;
    private final MemorySegment work;

    InodePass(Survey survey) {
        this.survey = survey;
        this.image = survey.image();
        this.findings = survey.findings();
        this.inodes = survey.inodes();
        this.claims = survey.claims();
        this.geometry = survey.geometry();
        this.walk = new TreeWalk(image, geometry);
        this.xattrs = new XattrReader(image, geometry);
        this.block = image.block();
        this.work = image.block();
    }

    void run() {
        findBlocks();
        for (int i = 0; i < inodes.blockCount(); i++) {
            image.read(inodes.block(i), block);
            for (int slot = 0; slot < Inode.PER_BLOCK; slot++) {
                judge(i * Inode.PER_BLOCK + slot, slot * Inode.BYTES);
            }
        }
        for (int i = 0; i < inodes.blockCount(); i++) {
            image.read(inodes.block(i), block);
            for (int slot = 0; slot < Inode.PER_BLOCK; slot++) {
                claimData(i * Inode.PER_BLOCK + slot, slot * Inode.BYTES);
            }
        }
        new InodeBlocks(survey).findUnmarked();
    }

    private void findBlocks() {
        new InodeBlocks(survey).find(found -> {
            inodes.addBlock(found);
            claims.add(found);
        });
    }

    private void judge(int index, long at) {
        long number = inodes.number(index);
        Slot slot = Slot.of(block, at, number);
        switch (slot) {
            case FREE -> {
                return;
            }
            case FOREIGN -> {
                findings.loss("inode.self", Inode.at(number), Long.toString(number), Inode.self(block, at));
                inodes.set(index, InodeTable.DROP);
                return;
            }
            case BAD_SUM -> mend(Severity.LOSS, index, "crc", "the sum of its bytes", Inode.crc(block, at));
            case BAD_SELF -> mend(Severity.REPAIRABLE, index, "self", Long.toString(number), Inode.self(block, at));
            case WHOLE -> { }
        }
        inodes.set(index, InodeTable.LIVE);
        judgeFields(index, at);
    }

    private void judgeFields(int index, long at) {
        int mode = Inode.mode(block, at);
        int type = Kind.ofMode(mode);
        if (type != Kind.DIRECTORY && inodes.number(index) == survey.contents().rootInode()
                && likelyType(index, at) == Kind.DIRECTORY) {
            mend(Severity.REPAIRABLE, index, "mode", "a directory's", "0" + Integer.toOctalString(mode));
            type = Kind.DIRECTORY;
        } else if (!Kind.isKind(type) || mode >>> 16 != 0) {
            mend(Severity.LOSS, index, "mode", "a type and permissions", "0" + Integer.toOctalString(mode));
            type = Kind.isKind(type) ? type : likelyType(index, at);
        }
        inodes.type(index, type);
        if ((Inode.flags(block, at) & ~KNOWN_FLAGS) != 0) {
            mend(Severity.REPAIRABLE, index, "flags", "known ones", Log.hex(Inode.flags(block, at)));
        }
        if (Inode.size(block, at) < 0) {
            mend(Severity.LOSS, index, "sizeBytes", "0 or more", Inode.size(block, at));
        }
        survey.tally().inode(type, Inode.size(block, at));
        long owned = judgePayload(index, at, type) + judgeXattrs(index, at);
        if (owned != Inode.blockCount(block, at)) {
            findings.add(new Finding.WrongCount(inodes.number(index), "blockCount", owned,
                    Inode.blockCount(block, at)));
            inodes.set(index, InodeTable.MEND);
        }
    }

    /// @return blocks of trees, directories and data that the inode owns
    private long judgePayload(int index, long at, int type) {
        boolean hasRoot = Inode.hasRoot(block, at);
        if (Inode.isInline(block, at)) {
            if (!Kind.hasData(type) || hasRoot || Inode.size(block, at) > Inode.PAYLOAD_BYTES) {
                mend(Severity.LOSS, index, "flags", "INLINE only with bytes of a small file", describe(at));
            }
            boolean isTree = Inode.size(block, at) > Inode.PAYLOAD_BYTES || !Kind.hasData(type);
            return isTree ? judgeTree(index, at, type) : judgeTarget(index, at, type, true);
        }
        return judgeTree(index, at, type);
    }

    private long judgeTree(int index, long at, int type) {
        if (type == Kind.DIRECTORY) {
            return judgeIndex(index, at);
        }
        if (!Kind.hasData(type)) {
            if (Inode.hasRoot(block, at) || Inode.size(block, at) != 0) {
                mend(Severity.REPAIRABLE, index, "payload", "none for this type", describe(at));
            }
            return 0;
        }
        long number = inodes.number(index);
        if (Inode.rootCount(block, at) == 0 && Inode.rootDepth(block, at) != 0) {
            mend(Severity.REPAIRABLE, index, "rootDepth", "0 for an empty root", Inode.rootDepth(block, at));
        }
        Extents extents = new Extents(geometry, number) {
            @Override
            public boolean node(long node) {
                if (!firstVisit(node)) {
                    damage(Severity.LOSS, "tree.child", Inode.at(number), "every block once", Long.toString(node));
                    return false;
                }
                return claimMetadata(index, node, InodeTable.MEND) && count();
            }

            @Override
            public void damage(Severity severity, String struct, long where, String expected, String found) {
                findings.damage(severity, struct, where, expected, found);
                inodes.set(index, InodeTable.MEND);
            }
        };
        walk.walk(block, at, number, extents);
        survey.tally().extents(extents.extentCount());
        return extents.blockCount() + judgeTarget(index, at, type, extents.hasStart());
    }

    /// A symlink whose target is not all there leads nowhere.
    private long judgeTarget(int index, long at, int type, boolean hasStart) {
        long size = Inode.size(block, at);
        if (type == Kind.SYMLINK && (size < 1 || size > MAX_TARGET_BYTES || !hasStart)) {
            findings.loss("inode.target", Inode.at(inodes.number(index)), "1 to 4095 bytes", describe(at));
            inodes.set(index, InodeTable.DROP);
        }
        return 0;
    }

    private long judgeIndex(int index, long at) {
        long number = inodes.number(index);
        IndexJudge judge = new IndexJudge(index);
        walk.walk(block, at, number, judge);
        if (Inode.rootCount(block, at) == 0 && Inode.rootDepth(block, at) != 0) {
            judge.damage(Severity.REPAIRABLE, "inode.rootDepth", Inode.at(number), "0 for an empty root",
                    Integer.toString(Inode.rootDepth(block, at)));
        }
        long bytes = Geometry.at(judge.directoryBlocks);
        if (Inode.size(block, at) != bytes) {
            findings.add(new Finding.WrongCount(number, "sizeBytes", bytes, Inode.size(block, at)));
            inodes.set(index, InodeTable.MEND);
        }
        return judge.directoryBlocks + judge.nodes;
    }

    private final class IndexJudge implements TreeWalk.Visitor {
        private final int index;
        private final BlockSet visited = new BlockSet();
        private long nodes;
        private long directoryBlocks;

        IndexJudge(int index) {
            this.index = index;
        }

        @Override
        public boolean node(long node) {
            boolean isMine = claim(node);
            nodes += isMine ? 1 : 0;
            return isMine;
        }

        @Override
        public void leaf(long key, long value, long high) {
            long at = Inode.at(inodes.number(index));
            if (!geometry.isUsable(value)) {
                damage(Severity.LOSS, "directory.index", at, "a block of the volume", Long.toString(value));
            } else if (!image.read(value, work) || !DirectoryReader.isOf(inodes.number(index), value, work)) {
                // K3: not claimed; what it is instead is told when the directory is read.
                inodes.set(index, InodeTable.REBUILD);
            } else if (claim(value)) {
                if (directoryBlocks++ == 0 && key != 0) {
                    damage(Severity.REPAIRABLE, "directory.index", at, "first key 0", Long.toString(key));
                }
            }
        }

        private boolean claim(long candidate) {
            if (!visited.add(candidate)) {
                damage(Severity.LOSS, "tree.child", Inode.at(inodes.number(index)), "every block once",
                        Long.toString(candidate));
                return false;
            }
            return claimMetadata(index, candidate, InodeTable.REBUILD);
        }

        @Override
        public void damage(Severity severity, String struct, long at, String expected, String found) {
            findings.damage(severity, struct, at, expected, found);
            inodes.set(index, InodeTable.REBUILD);
        }
    }

    private long judgeXattrs(int index, long at) {
        long first = Inode.xattrBlock(block, at);
        if (first == 0) {
            return 0;
        }
        long[] owned = {0};
        boolean isWhole = xattrs.read(inodes.number(index), first, candidate -> {
            boolean isMine = claimMetadata(index, candidate, InodeTable.MEND);
            owned[0] += isMine ? 1 : 0;
            return isMine;
        }, findings);
        if (!isWhole) {
            inodes.set(index, InodeTable.MEND);
        }
        return owned[0];
    }

    private boolean claimMetadata(int index, long candidate, int state) {
        if (claims.add(candidate)) {
            return true;
        }
        long number = inodes.number(index);
        findings.add(new Finding.SharedBlock(number, candidate));
        survey.conflict(Survey.Conflict.ofMetadata(number, candidate));
        inodes.set(index, state);
        return false;
    }

    private void claimData(int index, long at) {
        if (!inodes.isLive(index) || !Kind.hasData(inodes.type(index)) || Mending.isInline(block, at)) {
            return;
        }
        long number = inodes.number(index);
        walk.walk(block, at, number, new Extents(geometry, number) {
            @Override
            public boolean node(long node) {
                return firstVisit(node) && !survey.isConflict(Survey.Conflict.ofMetadata(number, node));
            }

            @Override
            void extent(long key, long run) {
                claimRun(index, number, key, run);
            }

            @Override
            public void damage(Severity severity, String struct, long where, String expected, String found) {
                // Told when the tree was walked for its nodes.
            }
        });
    }

    /// One finding for each block that has a byte that cannot be read.
    private void readData(long number, long key, long run) {
        for (long i = 0; i < Run.count(run) && !Run.isUnwritten(run); i++) {
            long at = Geometry.at(Run.start(run) + i);
            long bad = survey.medium().firstUnreadable(at, Geometry.BLOCK_BYTES);
            if (bad >= 0) {
                findings.add(new Finding.BadData(number, Geometry.at(key + i) + bad - at, bad));
            }
        }
    }

    private void claimRun(int index, long number, long key, long run) {
        long start = Run.start(run);
        long count = Run.count(run);
        if (survey.readsData()) {
            readData(number, key, run);
        }
        long shared = claims.firstOf(start, count);
        claims.addRun(start, count);
        if (shared >= 0) {
            findings.add(new Finding.SharedBlock(number, shared));
            survey.conflict(new Survey.Conflict(number, key));
            inodes.set(index, InodeTable.MEND);
        }
    }

    private void mend(Severity severity, int index, String field, String expected, Object found) {
        findings.damage(severity, "inode." + field, Inode.at(inodes.number(index)), expected, found);
        inodes.set(index, InodeTable.MEND);
    }

    private int likelyType(int index, long at) {
        return Mending.likelyType(image, geometry, block, at, inodes.number(index));
    }

    private String describe(long at) {
        return "size " + Inode.size(block, at) + ", root of " + Inode.rootCount(block, at) + " at depth "
                + Inode.rootDepth(block, at) + ", flags " + Log.hex(Inode.flags(block, at));
    }
}
