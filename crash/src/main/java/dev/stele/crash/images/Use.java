package dev.stele.crash.images;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.AttributeChange;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.RenameMode;
import dev.stele.volume.Volume.XattrMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/// Changes a volume in every directory and every file it shows. Each operation succeeds or is refused by a
/// `VolumeException`; on a volume that is whole no refusal may speak of damage.
final class Use {
    private static final int FILE_BYTES = 700;

    private final MemorySegment bytes = Arena.ofAuto().allocate(16 << 10, 64);
    private final MemorySegment readBack = Arena.ofAuto().allocate(16 << 10, 64);
    private Volume volume;
    private boolean isWhole;
    private String damage;

    Use() {
        byte[] pattern = Filling.pattern((int) bytes.byteSize());
        MemorySegment.copy(pattern, 0, bytes, ValueLayout.JAVA_BYTE, 0, pattern.length);
    }

    private interface Step {
        void run();
    }

    /// @param wholeVolume whether nothing is to be wrong with it
    /// @param from the first of the inodes that are used, besides the root; counted around
    /// @param count how many are used
    /// @return what spoke of damage, null where nothing did
    String use(Volume newVolume, Look look, boolean wholeVolume, long from, int count) {
        volume = newVolume;
        isWhole = wholeVolume;
        damage = null;
        List<Node> all = new ArrayList<>(look.nodes());
        for (int i = 0; i < Math.min(count, all.size()); i++) {
            Node node = all.get(i == 0 ? 0 : (int) Long.remainderUnsigned(from + i, all.size()));
            int number = (int) (from + i & 0xFFFF);
            if (node.isDirectory()) {
                directory(node, number);
            } else if (node.isRegular()) {
                file(node.inode, number);
            } else {
                attempt(() -> volume.setAttributes(node.inode, new AttributeChange().uid(9)));
            }
        }
        attempt(volume::sync);
        if (damage == null && volume.damage() != null) {
            damage = volume.damage();
        }
        return damage;
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (VolumeException refused) {
            Errno errno = refused.errno();
            // ESTALE is none: what was unlinked before may be asked for again.
            if (damage == null && (errno == Errno.EUCLEAN || errno == Errno.EIO || errno == Errno.EROFS)) {
                damage = refused.getMessage();
            }
        }
    }

    private long made(LongSupplier step) {
        long[] inode = new long[1];
        attempt(() -> inode[0] = step.getAsLong());
        return inode[0];
    }

    private void directory(Node node, int number) {
        Name name = Name.of("used-" + number);
        Name other = Name.of("used-too-" + number);
        long file = made(() -> volume.create(node.inode, name, 0644, 1, 1));
        if (file != 0) {
            attempt(() -> writeAndRead(file));
            attempt(() -> volume.link(file, volume.root(), Name.of("linked-" + number)));
            attempt(() -> volume.rename(node.inode, name, node.inode, other, RenameMode.REPLACE));
            attempt(() -> volume.setXattr(file, name, new byte[40], XattrMode.SET));
        }
        attempt(() -> volume.mkdir(node.inode, Name.of("made-" + number), 0755, 1, 1));
        attempt(() -> volume.rmdir(node.inode, Name.of("made-" + number)));
        if (node.links != null && !node.links.isEmpty()) {
            Node.Link link = node.links.get(number % node.links.size());
            attempt(() -> volume.rename(node.inode, Name.of(link.name()), volume.root(), Name.of("moved-" + number),
                    RenameMode.NOREPLACE));
            attempt(() -> volume.unlink(volume.root(), Name.of("moved-" + number)));
        }
    }

    private void writeAndRead(long file) {
        long written = volume.write(file, 0, bytes, 0, FILE_BYTES, Durability.DSYNC);
        long count = volume.read(file, 0, readBack, 0, readBack.byteSize());
        if (isWhole && (count != written
                || readBack.asSlice(0, count).mismatch(bytes.asSlice(0, count)) >= 0)) {
            throw new Wrong("what was written reads otherwise");
        }
    }

    private void file(long inode, int number) {
        switch (number % 6) {
            case 0 -> attempt(() -> volume.append(inode, bytes, 0, 300, Durability.DSYNC));
            case 1 -> attempt(() -> volume.write(inode, 4000, bytes, 0, 5000, Durability.ATOMIC));
            case 2 -> attempt(() -> volume.truncate(inode, 5000));
            case 3 -> attempt(() -> volume.punchHole(inode, 0, 8192));
            case 4 -> {
                attempt(() -> volume.insertRange(inode, 4096, 4096));
                attempt(() -> volume.collapseRange(inode, 0, 4096));
            }
            default -> attempt(() -> volume.allocate(inode, 30_000, 9000, true));
        }
        attempt(() -> volume.setXattr(inode, Name.of("user.used"), new byte[30], XattrMode.SET));
        attempt(() -> volume.sync(inode, false));
    }
}
