package dev.stele.crash.images;

import dev.stele.format.Geometry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/// What is done to one image, to be done again as often as it is needed, and what may be expected of it after that.
final class Injury {
    /// What a volume still owes to somebody who reads.
    enum Trust {
        /// Nothing: what stands there was made to look right, or no checksum covers it and it is acted on.
        NONE,
        /// What is read while nothing is changed is right or refused.
        READ_ONLY,
        /// What is read is right or refused.
        FULL;

        Trust least(Trust other) {
            return compareTo(other) < 0 ? this : other;
        }
    }

    private interface Edit {
        void apply(DamageMedium medium);
    }

    private final Specimen specimen;
    private final Cells touched;
    private final List<Edit> edits = new ArrayList<>();
    private final StringJoiner description = new StringJoiner("; ");
    private Trust trust = Trust.FULL;
    private boolean mustBeTold;
    private boolean touchesLog;
    private int superblocks;

    Injury(Specimen specimen) {
        this.specimen = specimen;
        this.touched = new Cells(specimen.bytes.byteSize());
    }

    /// @param seals whether the checksum is made right again
    void field(Field field, long value, boolean seals) {
        edits.add(medium -> {
            medium.touched(field.at(), field.byteCount());
            field.set(medium.bytes(), value);
            if (seals) {
                medium.touched(field.sealAt(), Geometry.BLOCK_BYTES - (field.sealAt() & Geometry.BLOCK_BYTES - 1));
                field.kind().seal(medium.bytes(), field.sealAt());
            }
        });
        description.add(field + " is 0x" + Long.toHexString(value) + (seals ? ", sealed" : ""));
        touch(field.at(), field.byteCount());
        if (seals) {
            trust = Trust.NONE;
        } else if (!field.kind().isSummed && !field.kind().isLog()) {
            trust = trust.least(Trust.READ_ONLY);
        }
        touchesLog |= field.kind().isLog();
        mustBeTold |= field.kind().isSummed && !field.kind().isLog() && !seals && !specimen.hasLog;
    }

    /// @param valid whether the bytes are those of a whole structure that once stood there
    void bytes(long at, byte[] bytes, String what, boolean valid) {
        edits.add(medium -> {
            medium.touched(at, bytes.length);
            MemorySegment.copy(bytes, 0, medium.bytes(), ValueLayout.JAVA_BYTE, at, bytes.length);
        });
        description.add(what);
        touch(at, bytes.length);
        if (valid) {
            trust = Trust.NONE;
        }
    }

    private void touch(long at, long byteCount) {
        touched.add(at, byteCount);
        for (long block = Geometry.blockOf(at); block <= Geometry.blockOf(at + byteCount - 1); block++) {
            if (block <= Geometry.SUPERBLOCK_COPY) {
                superblocks |= 1 << (int) block;
            } else if (block >= Geometry.JOURNAL && block < Geometry.JOURNAL + specimen.geometry.journalBlockCount()) {
                touchesLog |= block == Geometry.JOURNAL || specimen.hasLog;
            } else if (block >= Geometry.FIRST_ORPHAN_BLOCK && block < Geometry.JOURNAL) {
                trust = trust.least(Trust.READ_ONLY);
            }
        }
        if (touchesLog) {
            trust = Trust.NONE;
        }
    }

    void apply(DamageMedium medium) {
        for (Edit edit : edits) {
            edit.apply(medium);
        }
    }

    boolean isNothing() {
        return edits.isEmpty();
    }

    Trust trust() {
        return trust;
    }

    /// Whether a checksum says so, and the check has to; of several changes one may make another's sum right.
    boolean mustBeTold() {
        return mustBeTold && edits.size() == 1;
    }

    /// Whether the log may be another: any of its records may be repeated, or none.
    boolean touchesLog() {
        return touchesLog;
    }

    /// Whether nothing may be left that says what the volume is: both superblocks are damaged, or one was made right
    /// again and the root, which tells which of them lies, is damaged too.
    boolean mayLoseAll() {
        return superblocks == 3 || superblocks != 0 && trust == Trust.NONE && touched.meets(specimen.root().own);
    }

    Cells touched() {
        return touched;
    }

    @Override
    public String toString() {
        return specimen.corpus + ": " + description;
    }
}
