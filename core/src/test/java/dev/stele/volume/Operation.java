package dev.stele.volume;

import dev.stele.node.AttributeChange;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.RenameMode;
import dev.stele.volume.Volume.XattrMode;
import java.util.ArrayList;
import java.util.List;

/// One operation of a volume, with what must be there for it.
///
/// @param torn path of the file whose bytes may be a mixture of old and new, or empty where the operation is atomic
/// @param keeps whether such a file's bytes are durable when the operation returns
record Operation(String name, Step prepare, Step run, String torn, boolean keeps) {
    interface Step {
        void on(Ground ground);
    }

    @Override
    public String toString() {
        return name;
    }

    /// Every operation that changes a volume.
    static List<Operation> all() {
        List<Operation> all = new ArrayList<>();
        names(all);
        renames(all);
        attributes(all);
        shapes(all);
        writes(all);
        return all;
    }

    /// Operations on a file of so many extents that one record cannot take them.
    static List<Operation> large() {
        Step large = g -> scattered(g, "f", 400);
        List<Operation> all = new ArrayList<>();
        all.add(atomic("unlink of many extents", large, g -> g.unlink("f")));
        all.add(atomic("rename over many extents", g -> {
            large.on(g);
            file(g, "g", 5000);
        }, g -> g.rename("g", "f")));
        all.add(atomic("truncate of many extents", large, g -> truncate(g, 5000)));
        all.add(atomic("truncate of half of many extents", large, g -> truncate(g, 200 * 8192 + 100)));
        all.add(atomic("punch of some of many extents", large, g -> g.volume.punchHole(g.at("f"), 0, 40 * 8192)));
        all.add(atomic("append to many extents", large, g -> g.append("f", 9000)));
        all.add(atomic("atomic write over many extents", large,
                g -> g.write("f", 10 * 8192 + 100, 20 * 8192, Durability.ATOMIC)));
        return all;
    }

    private static Operation atomic(String name, Step prepare, Step run) {
        return new Operation(name, prepare, run, "", true);
    }

    private static void names(List<Operation> all) {
        all.add(atomic("create", g -> { }, g -> g.create("f")));
        all.add(atomic("create, long name", g -> { }, g -> g.create("n".repeat(255))));
        all.add(atomic("create in a directory", g -> g.mkdir("d"), g -> g.create("d/f")));
        all.add(atomic("create that splits a block", g -> {
            g.mkdir("d");
            for (int i = 0; i < 10; i++) {
                g.create("d/" + "n".repeat(230) + i);
            }
        }, g -> {
            g.create("d/" + "n".repeat(230) + "x");
        }));
        all.add(atomic("mkdir", g -> { }, g -> g.mkdir("d")));
        all.add(atomic("mknod", g -> { }, g -> g.volume.mknod(g.at(""), Name.of("n"), 020600, 0x0501, 1, 2)));
        all.add(atomic("symlink, short", g -> { },
                g -> g.volume.symlink(g.at(""), Name.of("s"), Ground.bytes(20, 1), 1, 2)));
        all.add(atomic("symlink, long", g -> { },
                g -> g.volume.symlink(g.at(""), Name.of("s"), Ground.bytes(4000, 1), 1, 2)));
        all.add(atomic("link", g -> g.create("f"), g -> g.link("f", "l")));
        all.add(atomic("unlink of the last name, empty", g -> g.create("f"), g -> g.unlink("f")));
        all.add(atomic("unlink of the last name, inline", g -> file(g, "f", 100), g -> g.unlink("f")));
        all.add(atomic("unlink of the last name, blocks", g -> file(g, "f", 9000), g -> g.unlink("f")));
        all.add(atomic("unlink of the last name, scattered", g -> scattered(g, "f", 12), g -> g.unlink("f")));
        all.add(atomic("unlink of the last name, attributes", g -> {
            file(g, "f", 5000);
            g.volume.setXattr(g.at("f"), Name.of("user.a"), Ground.bytes(5000, 1), XattrMode.SET);
        }, g -> g.unlink("f")));
        all.add(atomic("unlink of one of two names", g -> {
            file(g, "f", 5000);
            g.link("f", "l");
        }, g -> g.unlink("f")));
        all.add(atomic("unlink of an open file", g -> {
            file(g, "f", 5000);
            g.volume.pin(g.at("f"));
        }, g -> g.unlink("f")));
        all.add(atomic("rmdir", g -> g.mkdir("d"), g -> g.rmdir("d")));
        all.add(atomic("rmdir, once used", g -> {
            g.mkdir("d");
            g.create("d/f");
            g.unlink("d/f");
        }, g -> g.rmdir("d")));
    }

    private static void renames(List<Operation> all) {
        all.add(atomic("rename", g -> file(g, "f", 5000), g -> g.rename("f", "g")));
        all.add(atomic("rename over a file", g -> {
            file(g, "f", 5000);
            file(g, "g", 9000);
        }, g -> g.rename("f", "g")));
        all.add(atomic("rename over an open file", g -> {
            file(g, "f", 100);
            file(g, "g", 9000);
            g.volume.pin(g.at("g"));
        }, g -> g.rename("f", "g")));
        all.add(atomic("rename across directories", g -> {
            g.mkdir("d");
            g.mkdir("e");
            file(g, "d/f", 5000);
        }, g -> g.rename("d/f", "e/f")));
        all.add(atomic("rename across directories over a file", g -> {
            g.mkdir("d");
            g.mkdir("e");
            file(g, "d/f", 100);
            file(g, "e/f", 5000);
        }, g -> g.rename("d/f", "e/f")));
        all.add(atomic("rename of a directory", g -> g.mkdir("d"), g -> g.rename("d", "e")));
        all.add(atomic("rename of a directory across", g -> {
            g.mkdir("d");
            g.mkdir("e");
            g.mkdir("d/x");
            g.create("d/x/f");
        }, g -> g.rename("d/x", "e/y")));
        all.add(atomic("rename of a directory over one", g -> {
            g.mkdir("d");
            g.mkdir("e");
            g.create("d/f");
        }, g -> g.rename("d", "e")));
        all.add(atomic("rename, exchange", g -> {
            g.mkdir("d");
            g.mkdir("d/x");
            file(g, "f", 5000);
        }, g -> g.rename("f", "d/x", RenameMode.EXCHANGE)));
    }

    private static void attributes(List<Operation> all) {
        all.add(atomic("setattr", g -> g.create("f"), g -> g.volume.setAttributes(g.at("f"),
                new AttributeChange().permissions(0600).uid(5).gid(6).modifyTimeNanos(77).accessTimeNanos(78))));
        all.add(atomic("setattr with size", g -> file(g, "f", 9000), g -> g.volume.setAttributes(g.at("f"),
                new AttributeChange().permissions(0600).sizeBytes(4097))));
        all.add(atomic("setxattr", g -> g.create("f"),
                g -> g.volume.setXattr(g.at("f"), Name.of("user.a"), Ground.bytes(50, 1), XattrMode.SET)));
        all.add(atomic("setxattr, more than a block", g -> g.create("f"),
                g -> g.volume.setXattr(g.at("f"), Name.of("user.a"), Ground.bytes(6000, 1), XattrMode.SET)));
        all.add(atomic("setxattr, again", g -> {
            g.create("f");
            g.volume.setXattr(g.at("f"), Name.of("user.a"), Ground.bytes(6000, 1), XattrMode.SET);
            g.volume.setXattr(g.at("f"), Name.of("user.b"), Ground.bytes(60, 1), XattrMode.SET);
        }, g -> g.volume.setXattr(g.at("f"), Name.of("user.a"), Ground.bytes(70, 2), XattrMode.REPLACE)));
        all.add(atomic("removexattr", g -> {
            g.create("f");
            g.volume.setXattr(g.at("f"), Name.of("user.a"), Ground.bytes(6000, 1), XattrMode.SET);
        }, g -> g.volume.removeXattr(g.at("f"), Name.of("user.a"))));
        all.add(atomic("removexattr of one of two", g -> {
            g.create("f");
            g.volume.setXattr(g.at("f"), Name.of("user.a"), Ground.bytes(60, 1), XattrMode.SET);
            g.volume.setXattr(g.at("f"), Name.of("user.b"), Ground.bytes(60, 1), XattrMode.SET);
        }, g -> g.volume.removeXattr(g.at("f"), Name.of("user.a"))));
        all.add(atomic("seal", g -> file(g, "f", 5000), g -> g.volume.seal(g.at("f"), true)));
        all.add(atomic("grow", g -> file(g, "f", 5000), g -> g.volume.grow(Ground.SIZE_BYTES + (256 << 10))));
    }

    private static void shapes(List<Operation> all) {
        for (long size : new long[] {0, 100, 4096, 5000, 12288, 20000, 100_000}) {
            all.add(atomic("truncate 12288 to " + size, g -> file(g, "f", 12288), g -> truncate(g, size)));
        }
        all.add(atomic("truncate of an inline file", g -> file(g, "f", 100), g -> truncate(g, 10)));
        all.add(atomic("truncate of an inline file, up", g -> file(g, "f", 100), g -> truncate(g, 5000)));
        all.add(atomic("truncate, scattered", g -> scattered(g, "f", 12), g -> truncate(g, 5000)));
        all.add(atomic("allocate", g -> file(g, "f", 100), g -> g.volume.allocate(g.at("f"), 0, 8192, false)));
        all.add(atomic("allocate, keeping the size", g -> file(g, "f", 5000),
                g -> g.volume.allocate(g.at("f"), 4096, 8192, true)));
        all.add(atomic("allocate, filling holes", g -> scattered(g, "f", 4),
                g -> g.volume.allocate(g.at("f"), 0, 24576, false)));
        all.add(atomic("punch, whole blocks", g -> file(g, "f", 20480),
                g -> g.volume.punchHole(g.at("f"), 4096, 8192)));
        all.add(new Operation("punch, unaligned", g -> file(g, "f", 20480),
                g -> g.volume.punchHole(g.at("f"), 1000, 12000), "/f", true));
        all.add(new Operation("zero range", g -> file(g, "f", 20480),
                g -> g.volume.zeroRange(g.at("f"), 1000, 12000, true), "/f", true));
        all.add(new Operation("zero range beyond the end", g -> file(g, "f", 9000),
                g -> g.volume.zeroRange(g.at("f"), 5000, 12000, false), "/f", true));
        all.add(atomic("collapse", g -> file(g, "f", 20480), g -> g.volume.collapseRange(g.at("f"), 4096, 8192)));
        all.add(atomic("collapse, scattered", g -> scattered(g, "f", 12),
                g -> g.volume.collapseRange(g.at("f"), 8192, 16384)));
        all.add(atomic("insert", g -> file(g, "f", 20480), g -> g.volume.insertRange(g.at("f"), 4096, 8192)));
        all.add(atomic("insert, scattered", g -> scattered(g, "f", 12),
                g -> g.volume.insertRange(g.at("f"), 8192, 4096)));
    }

    private static void writes(List<Operation> all) {
        all.add(atomic("write, inline", g -> g.create("f"), g -> g.write("f", 0, 100)));
        all.add(atomic("write, inline again", g -> file(g, "f", 100), g -> g.write("f", 50, 70)));
        all.add(atomic("write, behind the first block of an inline file", g -> file(g, "f", 100),
                g -> g.write("f", 9000, 500)));
        all.add(atomic("atomic write behind the first block of an inline file", g -> file(g, "f", 100),
                g -> g.write("f", 9000, 500, Durability.ATOMIC)));
        all.add(atomic("allocate behind the end of an inline file", g -> file(g, "f", 100),
                g -> g.volume.allocate(g.at("f"), 50, 3000, false)));
        all.add(atomic("write, inline to blocks", g -> file(g, "f", 100), g -> g.append("f", 5000)));
        for (int size : new int[] {1, 7, 64, 65, 4096, 5000, 12288}) {
            all.add(atomic("append of " + size, g -> file(g, "f", 5000), g -> g.append("f", size)));
        }
        all.add(atomic("append at a block's end", g -> file(g, "f", 8192), g -> g.append("f", 4096)));
        all.add(atomic("append beyond the end", g -> file(g, "f", 5000), g -> g.write("f", 14000, 3000)));
        all.add(atomic("append, scattered", g -> scattered(g, "f", 12), g -> g.append("f", 4096)));
        all.add(atomic("write into a hole", g -> {
            file(g, "f", 100);
            truncate(g, 40000);
        }, g -> g.write("f", 10000, 3000)));
        all.add(atomic("write to unwritten blocks", g -> {
            g.create("f");
            g.volume.allocate(g.at("f"), 0, 20480, false);
        }, g -> g.write("f", 5000, 3000)));
        all.add(new Operation("overwrite", g -> file(g, "f", 12288), g -> g.write("f", 1000, 5000), "/f", false));
        all.add(new Operation("overwrite, durably", g -> file(g, "f", 12288),
                g -> g.write("f", 1000, 5000, Durability.DSYNC), "/f", true));
        all.add(new Operation("overwrite and sync", g -> file(g, "f", 12288), g -> {
            g.write("f", 1000, 5000);
            g.volume.sync(g.at("f"), true);
        }, "/f", true));
        all.add(atomic("atomic write", g -> file(g, "f", 12288), g -> g.write("f", 1000, 5000, Durability.ATOMIC)));
        all.add(atomic("atomic write over the end", g -> file(g, "f", 6000),
                g -> g.write("f", 1000, 9000, Durability.ATOMIC)));
        all.add(atomic("atomic write, scattered", g -> scattered(g, "f", 12),
                g -> g.write("f", 4000, 9000, Durability.ATOMIC)));
    }

    private static void truncate(Ground g, long size) {
        g.volume.truncate(g.at("f"), size);
    }

    private static void file(Ground g, String path, int byteCount) {
        g.create(path);
        g.append(path, byteCount);
    }

    /// A file of runs of one block with holes between: more than the inode can hold if there are more than eight.
    private static void scattered(Ground g, String path, int runs) {
        g.create(path);
        for (int i = 0; i < runs; i++) {
            g.write(path, i * 8192L, 4096);
        }
    }
}
