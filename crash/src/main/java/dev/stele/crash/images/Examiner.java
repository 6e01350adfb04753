package dev.stele.crash.images;

import dev.stele.check.Check;
import dev.stele.check.Finding;
import dev.stele.check.Report;
import dev.stele.check.Severity;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.FileType;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.FileExtent;
import java.util.Arrays;
import java.util.List;

/// Judges one injured image after the other: see the package for what is required.
final class Examiner {
    /// A repair may fail for want of room where there is less than this.
    private static final long ROOM_BLOCKS = 24;
    private static final int MESSAGES = 4;
    /// Of how many images one is used in many places, and checked after that; the others are used in a few.
    private static final int THOROUGH = 8;
    private static final int MANY = 24;
    private static final int FEW = 3;

    private final Specimen specimen;
    private final DamageMedium medium;
    private final Look look = new Look();
    private final Use use = new Use();
    private final Counts counts = new Counts();
    /// Of the injury.
    private long number;

    Examiner(Specimen specimen) {
        this.specimen = specimen;
        this.medium = specimen.medium();
    }

    Counts counts() {
        return counts;
    }

    /// Checks and repairs the image, and then looks at it again as it was.
    ///
    /// @param newNumber of the injury; decides what is done to only some images
    /// @throws Wrong where a requirement is not met; anything else but that is one not met, too
    void examine(Injury injury, long newNumber) {
        if (mend(injury, newNumber)) {
            open(injury);
        }
    }

    /// Does one half of that.
    void examineHalf(Injury injury, long newNumber) {
        number = newNumber;
        if ((newNumber & 1) == 0) {
            mend(injury, newNumber >>> 1);
        } else {
            number = newNumber >>> 1;
            counts.images++;
            open(injury);
        }
    }

    /// @return whether there was something to mend
    private boolean mend(Injury injury, long newNumber) {
        number = newNumber;
        counts.images++;
        injure(injury);
        Report report = number % 16 == 0 ? checkAndRepair() : Check.repair(medium);
        boolean isTold = report.findings().stream().anyMatch(each -> each.severity() != Severity.INFO);
        if (!isTold && report.obstacle().isEmpty()) {
            counts.clean++;
            harmless(injury);
            return false;
        }
        if (!report.obstacle().isEmpty() && !injury.mayLoseAll() && !injury.touchesLog()) {
            throw new Wrong("repair gives up: " + report.obstacle());
        }
        if (report.isClean()) {
            counts.repaired++;
            repaired(injury);
        } else if (report.obstacle().isEmpty() && specimen.freeBlocks >= ROOM_BLOCKS && !needsCopies(report)) {
            throw new Wrong("repair of " + messages(report.findings()) + " leaves " + messages(report.remaining()));
        } else {
            counts.unrepaired++;
        }
        return true;
    }

    /// Whether files share blocks, of which there are to be copies: they may share more than are free.
    private static boolean needsCopies(Report report) {
        return report.remaining().stream().anyMatch(Finding.SharedBlock.class::isInstance);
    }

    /// As it is: read, or read and used.
    private void open(Injury injury) {
        injure(injury);
        if (number % 2 == 0 && !specimen.hasLog) {
            readOnly(injury);
        } else {
            damaged(injury);
        }
    }

    private int places() {
        return number % THOROUGH == 1 ? MANY : FEW;
    }

    private void injure(Injury injury) {
        medium.readOnly(false);
        medium.undo();
        injury.apply(medium);
    }

    private Report checkAndRepair() {
        long stores = medium.storeCount();
        Report report = Check.run(medium);
        if (medium.storeCount() != stores) {
            throw new Wrong("the check stored something");
        }
        Report repair = Check.repair(medium);
        if (!messages(report.findings()).equals(messages(repair.findings()))) {
            throw new Wrong("the repair found other damage than the check: " + messages(repair.findings()) + ", not "
                    + messages(report.findings()));
        }
        return repair;
    }

    private static List<String> messages(List<Finding> findings) {
        return findings.stream().limit(MESSAGES).map(Finding::message).toList();
    }

    /// The check found nothing: then the volume has to be whole.
    private void harmless(Injury injury) {
        Volume volume = openWhole();
        if (injury.trust() == Injury.Trust.FULL) {
            requireTruth(injury);
        }
        requireKept(injury);
        useWhole(volume, injury);
        if (injury.mustBeTold()) {
            throw new Wrong("the check does not tell");
        }
    }

    private void repaired(Injury injury) {
        Volume volume = openWhole();
        requireKept(injury);
        useWhole(volume, injury);
    }

    private Volume openWhole() {
        Volume volume;
        try {
            volume = Filling.open(medium, false);
        } catch (VolumeException refused) {
            throw new Wrong("the check finds nothing, but it does not open: " + refused.getMessage());
        }
        look.at(volume);
        if (look.refusal() != null) {
            throw new Wrong("the check finds nothing, but reading does: " + look.refusal());
        }
        if (volume.damage() != null) {
            throw new Wrong("the check finds nothing, but opening does: " + volume.damage());
        }
        return volume;
    }

    private void useWhole(Volume volume, Injury injury) {
        String damage = use.use(volume, look, true, number, places());
        if (damage != null) {
            throw new Wrong("the check found nothing, but use does: " + damage);
        }
        // A tail of the log that is an older one lets records of that time follow the new ones; no checksum covers it.
        if (places() != MANY || injury.touchesLog()) {
            return;
        }
        Report after = Check.run(medium);
        if (!after.isClean()) {
            throw new Wrong("after use the check finds " + after.obstacle() + messages(after.findings()));
        }
    }

    private void readOnly(Injury injury) {
        medium.readOnly(true);
        long stores = medium.storeCount();
        try {
            look.at(Filling.open(medium, true));
            opened();
            if (injury.trust() != Injury.Trust.NONE) {
                requireTruth(injury);
            }
        } catch (VolumeException refused) {
            refused(refused);
        } finally {
            medium.readOnly(false);
        }
        if (medium.storeCount() != stores) {
            throw new Wrong("a store to a medium that is only read");
        }
    }

    private void damaged(Injury injury) {
        try {
            Volume volume = Filling.open(medium, false);
            look.at(volume);
            opened();
            if (injury.trust() == Injury.Trust.FULL) {
                requireTruth(injury);
            }
            use.use(volume, look, false, number, places());
            volume.close();
        } catch (VolumeException refused) {
            refused(refused);
        }
    }

    private void opened() {
        counts.opened++;
        counts.refusedAtUse += look.refusal() == null ? 0 : 1;
    }

    private void refused(VolumeException refused) {
        counts.refusedAtOpen++;
        if (refused.getMessage() == null || refused.getMessage().isBlank()) {
            throw new Wrong("refused without a word: " + refused.errno());
        }
        if (refused.errno() == Errno.EIO) {
            throw new Wrong("memory has no I/O errors: " + refused.getMessage());
        }
    }

    /// Whatever was read without an error is as it was before, but for bytes of files that were damaged themselves: no
    /// checksum covers those.
    private void requireTruth(Injury injury) {
        for (Node found : look.nodes()) {
            Node truth = specimen.nodes.get(found.inode);
            if (truth == null) {
                throw new Wrong("inode " + found.inode + " is shown, and was not there");
            }
            if (found.attributes != null && !found.hasSame(truth.attributes, true)) {
                throw new Wrong("inode " + found.inode + " is shown with " + Node.describe(found.attributes)
                        + " instead of " + Node.describe(truth.attributes));
            }
            if (found.links != null && !found.hasSameLinks(truth)) {
                throw new Wrong("directory " + found.inode + " is shown with " + found.links + " instead of "
                        + truth.links);
            }
            if (found.xattrs != null && !found.hasSameXattrs(truth)) {
                throw new Wrong("inode " + found.inode + " is shown with other extended attributes");
            }
            if (found.content != null && differs(found.content, truth, injury.touched())) {
                throw new Wrong("inode " + found.inode + " is shown with other bytes");
            }
        }
    }

    private static boolean differs(byte[] found, Node truth, Cells touched) {
        if (found.length != truth.content.length) {
            return true;
        }
        int at = Arrays.mismatch(found, truth.content);
        if (at < 0) {
            return false;
        }
        if (truth.attributes.type() == FileType.SYMLINK) {
            return !truth.own.meets(touched);
        }
        int step = 1 << Cells.SHIFT;
        for (int cell = at & -step; cell < found.length; cell += step) {
            int end = Math.min(found.length, cell + step);
            if (Arrays.mismatch(found, cell, end, truth.content, cell, end) >= 0
                    && !touched.contains(mediumAt(truth, cell))) {
                return true;
            }
        }
        return false;
    }

    /// Where a byte of a whole file stands, -1 for nowhere.
    private static long mediumAt(Node truth, long at) {
        for (FileExtent each : truth.extents) {
            if (at >= each.fileOffset() && at < each.fileOffset() + each.byteCount()) {
                return each.mediumOffset() + at - each.fileOffset();
            }
        }
        return -1;
    }

    /// Whoever was not touched is still there, whole; and in its place, unless the way to it was touched.
    private void requireKept(Injury injury) {
        if (injury.touchesLog() || injury.mayLoseAll()) {
            return;
        }
        for (Node truth : specimen.nodes.values()) {
            if (!truth.own.meets(injury.touched())) {
                requireKept(truth);
                if (truth.isDirectory() && !truth.path.meets(injury.touched())) {
                    requireNames(truth, injury);
                }
            }
        }
    }

    private void requireKept(Node truth) {
        Node found = look.node(truth.inode);
        if (found == null) {
            throw new Wrong("inode " + truth.inode + " is lost although nothing of it was damaged");
        }
        if (!found.hasSame(truth.attributes, false) && !truth.isDirectory()) {
            throw new Wrong("inode " + truth.inode + " has " + Node.describe(found.attributes) + " instead of "
                    + Node.describe(truth.attributes) + " although nothing of it was damaged");
        }
        if (truth.content != null && !Arrays.equals(found.content, truth.content)) {
            throw new Wrong("inode " + truth.inode + " has other bytes although nothing of it was damaged");
        }
        if (!found.hasSameXattrs(truth)) {
            throw new Wrong("inode " + truth.inode + " has other extended attributes although nothing was damaged");
        }
    }

    private void requireNames(Node directory, Injury injury) {
        Node found = look.node(directory.inode);
        for (Node.Link link : directory.links) {
            boolean isDamaged = specimen.nodes.get(link.inode()).own.meets(injury.touched());
            if (!isDamaged && !found.links.contains(link)) {
                throw new Wrong("directory " + directory.inode + " has lost the name " + link.name()
                        + " although nothing of the way was damaged");
            }
        }
    }
}
