package dev.stele.crash;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.format.Geometry;
import dev.stele.medium.Medium;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Decides about one image that a power cut left and recovery brought up:
///
/// - its tree is one that is allowed, its loose files hold allowed words, none of them from a freed block;
/// - the check finds nothing, and counts as many free blocks as the volume does;
/// - on a seeded part of the images: opened once more it is the same, and it can be used ([Usage]).
///
/// Images whose bytes were judged before, with the same allowed, are not judged again; bytes of the log do not count,
/// because recovery has left nothing there that anybody reads.
final class Judge {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(
            java.nio.ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final int MAX_KNOWN = 1 << 18;

    private final Oracles oracles;
    private final long seed;
    private final TreeDigest digest = new TreeDigest();
    private final MemorySegment content = Arena.ofAuto().allocate(MAX_FILE_BYTES + Words.BYTES, 64);
    private final long[] hash = new long[2];
    private final Usage usage;
    private final LongSet known = new LongSet(MAX_KNOWN);
    private final long logFrom;
    private final long logTo;
    private long walked;

    Judge(Oracles oracles, long seed, Geometry geometry, long emptyFreeBlocks) {
        this.oracles = oracles;
        this.seed = seed;
        this.usage = new Usage(emptyFreeBlocks);
        // The block of the header counts, the ring behind it does not.
        this.logFrom = Geometry.at(Geometry.JOURNAL + 1);
        this.logTo = Geometry.at(Geometry.JOURNAL + geometry.journalBlockCount());
    }

    /// Images whose tree was walked and checked.
    long walked() {
        return walked;
    }

    void judge(Volume volume, SimMedium image, Allowed allowed) {
        image.hash(logFrom, logTo, hash);
        long key = Mix.of(Mix.of(hash[0], hash[1]), allowed.id()) ^ image.undecided(logFrom, logTo);
        long chance = Mix.end(key ^ seed) >>> 1;
        if (oracles.remembers()) {
            if (known.contains(key)) {
                return;
            }
            image.whenExplored(key, known::add);
        }
        walked++;
        compare(volume, image, allowed);
        check(volume, image);
        if (chance % oracles.reopenEvery() == 0) {
            reopen(image, allowed);
        }
        if (chance % oracles.useEvery() == 0) {
            usage.use(Recoveries.open(image), image);
        }
    }

    private void compare(Volume volume, SimMedium image, Allowed allowed) {
        digest.take(volume, allowed.loose());
        long found = digest.value(allowed.loose(), allowed.inParts());
        if (found != allowed.after() && found != allowed.before()) {
            throw new Wrong((allowed.isDone() ? "what returned is not there: " : "neither as before nor as after: ")
                    + allowed.describe(digest));
        }
        for (int file = 0; file < allowed.loose().length; file++) {
            long size = digest.sizeOf(allowed.loose()[file]);
            if (size >= 0) {
                compareWords(volume, image, allowed, file, size);
            }
        }
    }

    private void compareWords(Volume volume, SimMedium image, Allowed allowed, int file, long size) {
        long inode = allowed.loose()[file];
        if (!allowed.allowsSize(file, size)) {
            throw new Wrong(allowed.to().tree().nameOf(inode) + " has " + size + " bytes");
        }
        long count = image.reading(() -> volume.read(inode, 0, content, 0, Math.min(size, MAX_FILE_BYTES)));
        content.set(WORD, count, 0);
        // Words that are as programs last saw them may always be so, and nearly all are.
        MemorySegment usual = MemorySegment.ofArray(allowed.usual(file));
        long at = 0;
        while (at < count) {
            if (at < usual.byteSize()) {
                long same = MemorySegment.mismatch(content, at, count, usual, at, usual.byteSize());
                at = same < 0 ? count : at + same & -Words.BYTES;
            }
            if (at < count) {
                compareWord(allowed, file, at, count, content.get(WORD, at));
            }
            at += Words.BYTES;
        }
        image.forEachUndecided((wordAt, word) -> compareWord(allowed, file, wordAt, count, word));
    }

    private void compareWord(Allowed allowed, int file, long at, long count, long word) {
        int index = (int) (at / Words.BYTES);
        if (!allowed.allows(file, index, word, Words.mask(index, 0, count))) {
            throw new Wrong(allowed.to().tree().nameOf(allowed.loose()[file]) + " holds " + Long.toHexString(word)
                    + " at " + at + (word == Start.MAGIC ? ", from a freed block" : ", which it never did"));
        }
    }

    static void check(Volume volume, Medium image) {
        Report report = Check.run(image);
        if (!report.isClean()) {
            throw new Wrong("the check finds " + report.obstacle() + report.findings());
        }
        long free = volume.statistics().freeBlocks();
        if (free != report.totals().freeBlocks()) {
            throw new Wrong("the volume counts " + free + " free blocks, the check " + report.totals().freeBlocks());
        }
    }

    /// Recovery ran and nothing was closed: the next one finds the same.
    private void reopen(SimMedium image, Allowed allowed) {
        long first = digest.value(allowed.loose(), 0);
        Volume again = Recoveries.open(image);
        digest.take(again, allowed.loose());
        if (digest.value(allowed.loose(), 0) != first) {
            throw new Wrong("opened once more it is another volume");
        }
        check(again, image);
    }
}
