package dev.stele.crash;

import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapOption;
import dev.stele.volume.Volume.RenameMode;
import java.util.ArrayList;
import java.util.List;

/// The set of operations that sequences are made of: all that ACE has for persistent memory, on its names `foo`, `bar`,
/// `A/foo`, `A/bar` and directories `A` and `B`, and what else a volume can do.
final class Operations {
    private static final List<String> FILES = List.of("foo", "bar", "A/foo", "A/bar");
    private static final int FILE_BYTES = 9000;
    private static final List<Operation> ALL = make();

    private final List<Operation> all = new ArrayList<>();

    private Operations() {
    }

    /// The same objects each time, so that each is found again in the set.
    static List<Operation> all() {
        return ALL;
    }

    private static List<Operation> make() {
        Operations set = new Operations();
        set.names();
        set.links();
        set.renames();
        set.appends();
        set.overwrites();
        set.extendingWrites();
        set.mappedStores();
        set.sizes();
        set.shapes();
        set.attributes();
        set.seals();
        set.syncs();
        set.handles();
        set.syncMappings();
        return List.copyOf(set.all);
    }

    private void add(String name, Step.Action prepare, Step... steps) {
        all.add(new Operation(name, prepare, List.of(steps), Reach.PAIRS));
    }

    private void addCore(String name, Step.Action prepare, Step... steps) {
        all.add(new Operation(name, prepare, List.of(steps), Reach.CORE));
    }

    private void addRare(String name, Step.Action prepare, Step... steps) {
        all.add(new Operation(name, prepare, List.of(steps), Reach.BESIDE_CORE));
    }

    private void atomic(String name, Step.Action prepare, Step.Action action) {
        add(name, prepare, Step.atomic(name, action));
    }

    private void atomicCore(String name, Step.Action prepare, Step.Action action) {
        addCore(name, prepare, Step.atomic(name, action));
    }

    private static void file(Stage stage, String path) {
        directories(stage, path);
        stage.file(path, FILE_BYTES);
    }

    private static void directories(Stage stage, String path) {
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            directories(stage, path.substring(0, slash));
            stage.directory(path.substring(0, slash));
        }
    }

    // ---- names

    private void names() {
        for (String path : List.of("foo", "A/foo")) {
            atomicCore("create " + path, s -> absent(s, path), s -> s.create(path));
        }
        String longName = "n".repeat(255);
        atomic("create, long name", s -> { }, s -> s.create(longName));
        atomic("create that splits a block", s -> {
            s.directory("B");
            for (int i = 0; i < 11; i++) {
                s.file("B/" + "n".repeat(230) + i, 0);
            }
        }, s -> s.create("B/" + "n".repeat(230) + "x"));
        for (String path : List.of("A", "B", "A/C")) {
            atomic("mkdir " + path, s -> absent(s, path), s -> s.mkdir(path));
        }
        atomic("mknod foo", s -> absent(s, "foo"), s -> s.mknod("foo"));
        atomic("symlink foo", s -> absent(s, "foo"), s -> s.symlink("foo", 20));
        atomic("symlink bar, long", s -> absent(s, "bar"), s -> s.symlink("bar", 600));
        atomic("symlink A/bar", s -> absent(s, "A/bar"), s -> s.symlink("A/bar", 7));
        for (String path : FILES) {
            atomicCore("unlink " + path, s -> file(s, path), s -> s.unlink(path));
        }
        atomic("unlink foo, open", s -> {
            file(s, "foo");
            s.pin("foo");
        }, s -> s.unlink("foo"));
        add("unlink foo, open, then close", s -> {
            file(s, "foo");
            s.pin("foo");
        }, Step.atomic("unlink", s -> s.unlinkKept("foo")), Step.atomic("close", Stage::unpinKept));
        for (String path : List.of("A", "B", "A/C")) {
            atomic("rmdir " + path, s -> {
                directories(s, path);
                s.directory(path);
            }, s -> s.rmdir(path));
        }
        atomic("rmdir B, once used", s -> {
            s.directory("B");
            file(s, "B/x");
            s.unlink("B/x");
        }, s -> s.rmdir("B"));
    }

    /// Room for a new name.
    private static void absent(Stage stage, String path) {
        directories(stage, path);
        stage.nothing(path);
    }

    private void links() {
        for (String from : FILES) {
            for (String to : FILES) {
                if (!from.equals(to)) {
                    atomicCore("link " + from + " " + to, s -> {
                        file(s, from);
                        absent(s, to);
                    }, s -> s.link(from, to));
                }
            }
        }
    }

    private void renames() {
        for (String from : FILES) {
            for (String to : FILES) {
                if (!from.equals(to)) {
                    atomicCore("rename " + from + " " + to, s -> {
                        file(s, from);
                        directories(s, to);
                    }, s -> s.rename(from, to, RenameMode.REPLACE));
                }
            }
        }
        rename("foo", "bar", RenameMode.NOREPLACE);
        rename("foo", "A/new", RenameMode.NOREPLACE);
        atomic("rename foo over bar, open", s -> {
            file(s, "foo");
            file(s, "bar");
            s.pin("bar");
        }, s -> s.rename("foo", "bar", RenameMode.REPLACE));
        renameDirectory("A", "B", RenameMode.REPLACE);
        renameDirectory("A", "new", RenameMode.REPLACE);
        renameDirectory("A/C", "B/C", RenameMode.REPLACE);
        renameDirectory("A/C", "C", RenameMode.REPLACE);
        renameDirectory("B", "A/B", RenameMode.REPLACE);
        renameDirectory("B", "A/C", RenameMode.REPLACE);
        for (String[] each : new String[][] {{"foo", "bar"}, {"foo", "A/bar"}, {"foo", "A"}, {"A/foo", "B"},
                {"A", "B"}, {"A/C", "B"}}) {
            atomic("exchange " + each[0] + " " + each[1], s -> {
                for (String path : each) {
                    directories(s, path);
                    if (path.endsWith("o") || path.endsWith("r")) {
                        file(s, path);
                    } else {
                        s.directory(path);
                    }
                }
            }, s -> s.rename(each[0], each[1], RenameMode.EXCHANGE));
        }
    }

    private void rename(String from, String to, RenameMode mode) {
        atomic("rename " + mode + " " + from + " " + to, s -> {
            file(s, from);
            directories(s, to);
        }, s -> s.rename(from, to, mode));
    }

    private void renameDirectory(String from, String to, RenameMode mode) {
        atomic("rename of a directory " + from + " " + to, s -> {
            directories(s, from);
            s.directory(from);
            directories(s, to);
            s.file(from + "/in", 100);
        }, s -> s.rename(from, to, mode));
    }

    // ---- writes

    private void appends() {
        for (int length : new int[] {1, 7, 8, 9, 63, 64, 65, 4095, 4097}) {
            append("foo", length, Durability.DEFERRED);
        }
        append("foo", 20_000, Durability.DEFERRED);
        append("A/bar", 300, Durability.DSYNC);
        append("A/bar", 65, Durability.SYNC);
        append("bar", 1000, Durability.ATOMIC);
        atomic("append to an inline file", s -> inline(s, "foo", 50), s -> s.append("foo", 30, Durability.DEFERRED));
        atomic("append that leaves the inode", s -> inline(s, "foo", 100),
                s -> s.append("foo", 500, Durability.DEFERRED));
        atomic("append to many extents", s -> many(s, "foo"), s -> s.append("foo", 4096, Durability.DEFERRED));
        add("append and fsync", s -> file(s, "foo"),
                Step.atomic("append", s -> s.append("foo", 77, Durability.DEFERRED)),
                Step.atomic("fsync", s -> s.fsync("foo", false)));
        add("create, append, rename over", s -> {
            file(s, "bar");
            absent(s, "foo");
        }, Step.atomic("create", s -> s.create("foo")),
                Step.atomic("append", s -> s.append("foo", 700, Durability.DEFERRED)),
                Step.atomic("rename", s -> s.rename("foo", "bar", RenameMode.REPLACE)));
    }

    private static void inline(Stage stage, String path, int byteCount) {
        stage.nothing(path);
        stage.file(path, byteCount);
    }

    /// A file of more extents than an inode holds.
    private static void many(Stage stage, String path) {
        stage.nothing(path);
        stage.scattered(path, 12);
    }

    private void append(String path, int length, Durability durability) {
        String name = "append " + length + " " + durability + " " + path;
        Step step = Step.inParts(name, path, s -> s.append(path, length, durability));
        if (length > 16 << 10) {
            add(name, s -> file(s, path), step);
        } else {
            atomicCore(name, s -> file(s, path), step.action());
        }
    }

    private void overwrites() {
        int[][] ranges = {{0, 1}, {1, 8}, {5, 13}, {63, 2}, {64, 64}, {100, 100}, {4090, 12}, {4096, 4096}};
        for (int[] range : ranges) {
            write("foo", range[0], range[1], Durability.DEFERRED);
        }
        for (int[] range : new int[][] {{1, 8}, {63, 130}, {4090, 12}}) {
            write("foo", range[0], range[1], Durability.DSYNC);
            write("A/foo", range[0], range[1], Durability.ATOMIC);
        }
        write("bar", 5, 13, Durability.SYNC);
        synced("fsync", s -> s.fsync("foo", false));
        synced("fdatasync", s -> s.fsync("foo", true));
        synced("msync", s -> s.msync("foo", 0, 4096));
        synced("sync", Stage::sync);
        add("write twice, fsync between", s -> file(s, "foo"), writing("foo", 40, 50, Durability.DEFERRED),
                Step.inParts("fsync", "foo", s -> s.fsync("foo", false)),
                writing("foo", 60, 50, Durability.DEFERRED));
        add("write inline", s -> inline(s, "foo", 100),
                Step.atomic("write", s -> s.write("foo", 50, 40, Durability.DEFERRED)));
        add("write inline, DSYNC", s -> inline(s, "foo", 100),
                Step.atomic("write", s -> s.write("foo", 3, 9, Durability.DSYNC)));
        add("write to many extents, ATOMIC", s -> many(s, "foo"),
                Step.atomic("write", s -> s.write("foo", 8000, 9000, Durability.ATOMIC)));
        add("two handles write", s -> {
            file(s, "foo");
            s.pin("foo");
            s.pin("foo");
        }, writing("foo", 100, 30, Durability.DEFERRED), writing("foo", 120, 30, Durability.DSYNC),
                Step.inParts("fsync", "foo", s -> s.fsync("foo", true)));
        add("one handle writes, another truncates", s -> {
            file(s, "foo");
            s.pin("foo");
        }, writing("foo", 5000, 200, Durability.DEFERRED),
                Step.inParts("truncate", "foo", s -> s.truncate("foo", 5100)),
                Step.inParts("extend", "foo", s -> s.truncate("foo", 5300)));
    }

    private void write(String path, int offset, int length, Durability durability) {
        String name = "write " + length + " at " + offset + " " + durability + " " + path;
        if (durability == Durability.ATOMIC) {
            atomicCore(name, s -> file(s, path), s -> s.write(path, offset, length, durability));
        } else {
            add(name, s -> file(s, path), writing(path, offset, length, durability));
        }
    }

    private static Step writing(String path, int offset, int length, Durability durability) {
        return Step.inParts("write " + length + " at " + offset + " " + durability, path,
                s -> s.write(path, offset, length, durability));
    }

    private void synced(String how, Step.Action sync) {
        add("write and " + how, s -> file(s, "foo"), writing("foo", 1000, 70, Durability.DEFERRED),
                Step.inParts(how, "foo", sync));
    }

    private void extendingWrites() {
        for (Durability durability : Durability.values()) {
            write("foo", 8950, 333, durability);
        }
        write("foo", 20_001, 77, Durability.DEFERRED);
        write("bar", 12_288, 4096, Durability.DSYNC);
        add("write into a hole", s -> {
            s.nothing("foo");
            s.file("foo", 300);
            s.truncate("foo", 30_000);
        }, writing("foo", 10_001, 500, Durability.DEFERRED));
        add("write over data and holes", s -> many(s, "foo"), writing("foo", 4000, 9000, Durability.DEFERRED));
        add("write to unwritten blocks", s -> {
            s.nothing("foo");
            s.file("foo", 0);
            s.allocate("foo", 0, 20_480, false);
        }, writing("foo", 5001, 300, Durability.DEFERRED));
        copy("copy a range", 100, 200, 1000);
        copy("copy a range of blocks", 0, 4096, 4096);
        copy("copy a range behind the end", 1, 9001, 3000);
    }

    private void copy(String name, int from, int to, int length) {
        add(name, s -> {
            file(s, "foo");
            file(s, "bar");
        }, Step.inParts(name, "bar", s -> s.copyRange("foo", from, "bar", to, length)));
    }

    // ---- mappings

    private void mappedStores() {
        for (int[] range : new int[][] {{0, 8}, {4090, 13}}) {
            for (String how : List.of("nothing", "msync", "fsync", "fdatasync", "sync", "close")) {
                add("store " + range[1] + " at " + range[0] + " mapped, " + how, s -> file(s, "foo"),
                        mapping("foo", 0, 8192), storing(0, 0, range[0], range[1]),
                        Step.inParts(how, "foo", s -> finish(s, how, range[0], range[1])));
            }
        }
        add("store through two mappings, fsync", s -> file(s, "foo"), mapping("foo", 0, 8192),
                mapping("foo", 4096, 4096), storing(1, 0, 100, 16), storing(0, 4096, 8, 16),
                Step.inParts("fsync", "foo", s -> s.fsync("foo", false)));
        add("store through one of two mappings, msync", s -> file(s, "foo"), mapping("foo", 0, 4096),
                mapping("foo", 0, 4096), storing(1, 0, 64, 8),
                Step.inParts("msync", "foo", s -> s.msync("foo", 0, 4096)));
        add("store mapped and write, fsync", s -> file(s, "foo"), mapping("foo", 0, 4096), storing(0, 0, 24, 8),
                writing("foo", 40, 20, Durability.DEFERRED),
                Step.inParts("fsync", "foo", s -> s.fsync("foo", false)));
        add("store mapped, append", s -> file(s, "foo"), mapping("foo", 0, 9000), storing(0, 0, 8990, 8),
                Step.inParts("append", "foo", s -> s.append("foo", 100, Durability.DEFERRED)));
        add("store mapped, truncate", s -> file(s, "foo"), mapping("foo", 0, 9000), storing(0, 0, 5000, 8),
                Step.inParts("truncate", "foo", s -> s.truncate("foo", 4500)));
        add("store mapped, punch", s -> file(s, "foo"), mapping("foo", 0, 9000), storing(0, 0, 4100, 8),
                Step.inParts("punch", "foo", s -> s.punch("foo", 4096, 4096)));
        add("store mapped, unlink", s -> file(s, "foo"), mapping("foo", 0, 9000), storing(0, 0, 100, 8),
                Step.atomic("unlink", s -> s.unlink("foo")));
        add("store mapped into a hole, fsync", s -> {
            s.nothing("foo");
            s.file("foo", 300);
            s.truncate("foo", 20_000);
        }, mapping("foo", 8192, 4096), storing(0, 8192, 17, 30),
                Step.inParts("fsync", "foo", s -> s.fsync("foo", false)));
        add("store mapped into an inline file, fsync", s -> inline(s, "foo", 100), mapping("foo", 0, 100),
                storing(0, 0, 10, 8), Step.inParts("fsync", "foo", s -> s.fsync("foo", false)));
    }

    private static Step mapping(String path, int offset, int length) {
        return Step.inParts("map", path, s -> s.map(path, offset, length));
    }

    private static Step storing(int back, int fileOffset, int at, int length) {
        return Step.inParts("store", "foo", s -> s.storeMapped(back, fileOffset, at, length));
    }

    private static void finish(Stage stage, String how, int offset, int length) {
        switch (how) {
            case "msync" -> stage.msync("foo", offset, length);
            case "fsync" -> stage.fsync("foo", false);
            case "fdatasync" -> stage.fsync("foo", true);
            case "sync" -> stage.sync();
            case "close" -> stage.closeMappings();
            default -> { }
        }
    }

    // ---- sizes and extents

    private void sizes() {
        for (int size : new int[] {0, 100, 4096, 5000, 8192, 20_000}) {
            atomicCore("truncate foo to " + size, s -> file(s, "foo"), s -> s.truncate("foo", size));
        }
        atomic("truncate an inline file", s -> inline(s, "A/bar", 100), s -> s.truncate("A/bar", 33));
        atomic("truncate an inline file, up", s -> inline(s, "A/bar", 100), s -> s.truncate("A/bar", 5000));
        atomic("truncate many extents", s -> many(s, "bar"), s -> s.truncate("bar", 20_001));
    }

    private void shapes() {
        for (boolean keepSize : new boolean[] {false, true}) {
            String kept = keepSize ? ", keeping the size" : "";
            atomic("allocate behind the end" + kept, s -> file(s, "foo"), s -> s.allocate("foo", 9000, 8192, keepSize));
            atomic("allocate over the end" + kept, s -> file(s, "foo"), s -> s.allocate("foo", 5000, 9001, keepSize));
            atomic("allocate holes" + kept, s -> many(s, "foo"), s -> s.allocate("foo", 100, 20_000, keepSize));
            atomic("allocate an empty file" + kept, s -> inline(s, "foo", 0),
                    s -> s.allocate("foo", 0, 8192, keepSize));
            zero("zero a range" + kept, s -> s.zero("foo", 1001, 5000, keepSize));
            zero("zero over the end" + kept, s -> s.zero("foo", 8001, 9000, keepSize));
        }
        torn("punch blocks", s -> file(s, "foo"), s -> s.punch("foo", 4096, 4096));
        torn("punch unaligned", s -> file(s, "foo"), s -> s.punch("foo", 1001, 5000));
        torn("punch within a block", s -> file(s, "foo"), s -> s.punch("foo", 77, 5));
        torn("punch everything", s -> file(s, "foo"), s -> s.punch("foo", 0, 1 << 20));
        torn("punch many extents", s -> many(s, "foo"), s -> s.punch("foo", 8192, 40_960));
        atomic("collapse", s -> file(s, "foo"), s -> s.collapse("foo", 4096, 4096));
        atomic("collapse many extents", s -> many(s, "foo"), s -> s.collapse("foo", 8192, 16_384));
        atomic("insert", s -> file(s, "foo"), s -> s.insert("foo", 4096, 8192));
        atomic("insert into many extents", s -> many(s, "foo"), s -> s.insert("foo", 8192, 4096));
        atomic("grow", s -> { }, s -> s.grow(256 << 10));
    }

    /// Two records: what was owned is zeroed, then what was not is owned.
    private void zero(String name, Step.Action action) {
        add(name, s -> file(s, "foo"), Step.inParts(name, "foo", action));
    }

    private void torn(String name, Step.Action prepare, Step.Action action) {
        add(name, prepare, Step.torn(name, "foo", action));
    }

    // ---- attributes

    private void attributes() {
        for (String path : List.of("foo", "A")) {
            Step.Action there = path.equals("A") ? s -> s.directory("A") : s -> file(s, path);
            atomic("setattr " + path, there, s -> s.setAttributes(path, 0600, 5));
            atomic("times of " + path, there, s -> s.setTimes(path));
            atomic("setxattr " + path, there, s -> s.setXattr(path, "user.a", 50));
            atomic("setxattr " + path + ", large", there, s -> s.setXattr(path, "user.big", 6000));
            atomic("setxattr " + path + ", again", s -> {
                there.on(s);
                s.setXattr(path, "user.a", 300);
                s.setXattr(path, "user.b", 70);
            }, s -> s.setXattr(path, "user.a", 60));
            atomic("removexattr " + path, s -> {
                there.on(s);
                s.setXattr(path, "user.a", 300);
            }, s -> s.removeXattr(path, "user.a"));
        }
    }

    /// First every hole becomes a block of zeros, then the file is sealed.
    private static Step sealing() {
        return Step.inParts("seal", "foo", s -> s.seal("foo", true));
    }

    private void seals() {
        add("seal foo", s -> file(s, "foo"), sealing());
        atomic("unseal foo", s -> {
            file(s, "foo");
            s.seal("foo", true);
        }, s -> s.seal("foo", false));
        add("seal, write, truncate", s -> file(s, "foo"), sealing(),
                writing("foo", 10, 20, Durability.DSYNC), Step.atomic("truncate", s -> s.truncate("foo", 10)));
    }

    // ---- syncs

    /// What [#synced] has not: of a part, of another part, of another file, of what has a new size or was a hole.
    private void syncs() {
        Step write = writing("foo", 1003, 70, Durability.DEFERRED);
        addRare("write and msync of a part", s -> file(s, "foo"), write,
                Step.inParts("msync", "foo", s -> s.msync("foo", 1024, 9)));
        addRare("write and msync of another part", s -> file(s, "foo"), write,
                Step.inParts("msync", "foo", s -> s.msync("foo", 4096, 4096)));
        addRare("write over a page's end and msync of its second page", s -> file(s, "foo"),
                writing("foo", 4080, 40, Durability.DEFERRED),
                Step.inParts("msync", "foo", s -> s.msync("foo", 4096, 100)));
        addRare("write and fsync of another file", s -> {
            file(s, "foo");
            file(s, "bar");
        }, write, Step.inParts("fsync", "foo", s -> s.fsync("bar", false)));
        addRare("append and fdatasync", s -> file(s, "foo"),
                Step.inParts("append", "foo", s -> s.append("foo", 300, Durability.DEFERRED)),
                Step.inParts("fdatasync", "foo", s -> s.fsync("foo", true)));
        addRare("write into a hole and fdatasync", s -> many(s, "foo"),
                writing("foo", 5000, 300, Durability.DEFERRED),
                Step.inParts("fdatasync", "foo", s -> s.fsync("foo", true)));
        addRare("write to two files and sync", s -> {
            file(s, "foo");
            file(s, "bar");
        }, writing("foo", 1, 8, Durability.DEFERRED), writing("bar", 63, 2, Durability.DEFERRED),
                Step.inParts("sync", "foo", Stage::sync));
        addRare("write, punch and msync", s -> file(s, "foo"), writing("foo", 4000, 200, Durability.DEFERRED),
                Step.torn("punch", "foo", s -> s.punch("foo", 4096, 4096)),
                Step.inParts("msync", "foo", s -> s.msync("foo", 0, 8192)));
        addRare("setattr and fdatasync", s -> file(s, "foo"),
                Step.atomic("setattr", s -> s.setAttributes("foo", 0600, 5)),
                Step.atomic("fdatasync", s -> s.fsync("foo", true)));
        addRare("store mapped, msync of a part", s -> file(s, "foo"), mapping("foo", 0, 8192),
                storing(0, 0, 4090, 13), Step.inParts("msync", "foo", s -> s.msync("foo", 0, 4096)));
    }

    // ---- handles

    /// As `FileChannel.force` and writes with the option `ATOMIC` come to the volume, through a handle each.
    private void handles() {
        for (boolean metadata : new boolean[] {false, true}) {
            addRare("write and force(" + metadata + ")", Operations::opened,
                    writing("foo", 1000, 70, Durability.DEFERRED), forcing(0, metadata));
        }
        addRare("two handles write, one forces", Operations::openedTwice,
                writing("foo", 100, 30, Durability.DEFERRED), writing("foo", 5000, 30, Durability.DEFERRED),
                forcing(1, true), forcing(0, true));
        addRare("two handles write ATOMIC, one over the other", Operations::openedTwice,
                replacing("foo", 4000, 200), replacing("foo", 4100, 300));
        addRare("two handles write ATOMIC, apart", Operations::openedTwice,
                replacing("foo", 1, 8), replacing("foo", 8190, 20));
        addRare("two handles append, one ATOMIC", Operations::openedTwice,
                Step.inParts("append", "foo", s -> s.append("foo", 70, Durability.DEFERRED)),
                Step.atomic("append ATOMIC", s -> s.append("foo", 4000, Durability.ATOMIC)));
        addRare("one handle writes, another writes ATOMIC beside, force", Operations::openedTwice,
                writing("foo", 100, 30, Durability.DEFERRED), replacing("foo", 120, 30), forcing(0, false));
        addRare("a handle writes ATOMIC, another truncates", Operations::openedTwice, replacing("foo", 5000, 200),
                Step.inParts("truncate", "foo", s -> s.truncate("foo", 5100)));
    }

    private static void opened(Stage stage) {
        file(stage, "foo");
        stage.open("foo");
    }

    private static void openedTwice(Stage stage) {
        opened(stage);
        stage.open("foo");
    }

    private static Step forcing(int back, boolean metadata) {
        return Step.inParts("force(" + metadata + ")", "foo", s -> s.force(back, metadata));
    }

    private static Step replacing(String path, int offset, int length) {
        return Step.atomic("write " + length + " at " + offset + " ATOMIC",
                s -> s.write(path, offset, length, Durability.ATOMIC));
    }

    // ---- sync mappings

    /// Stores that the program makes durable itself, by flush and drain, and never a sync.
    private void syncMappings() {
        for (int[] range : new int[][] {{0, 8}, {4090, 13}}) {
            addRare("sync mapping, store " + range[1] + " at " + range[0] + ", persist", s -> file(s, "foo"),
                    syncMapping(0, 8192), storing(0, 0, range[0], range[1]), persisting(0, 0, range[0], range[1]));
        }
        addRare("sync mapping, store, flush, drain", s -> file(s, "foo"), syncMapping(0, 8192),
                storing(0, 0, 56, 16), flushing(0, 0, 56, 16), draining());
        addRare("sync mapping, store, flush, store beside, drain", s -> file(s, "foo"), syncMapping(0, 8192),
                storing(0, 0, 64, 8), flushing(0, 0, 64, 8), storing(0, 0, 68, 12), draining());
        addRare("sync mapping, store, nothing", s -> file(s, "foo"), syncMapping(0, 8192), storing(0, 0, 64, 8));
        addRare("sync mapping, two stores, one persisted, fsync", s -> file(s, "foo"), syncMapping(0, 8192),
                storing(0, 0, 64, 8), storing(0, 0, 4100, 8), persisting(0, 0, 4100, 8),
                Step.inParts("fsync", "foo", s -> s.fsync("foo", false)));
        addRare("sync mapping and another, store, persist through the first", s -> file(s, "foo"),
                syncMapping(0, 8192), mapping("foo", 0, 4096), storing(0, 0, 100, 16), persisting(1, 0, 100, 16));
        addRare("sync mapping of holes, store, persist", s -> {
            s.nothing("foo");
            s.file("foo", 300);
            s.truncate("foo", 20_000);
        }, syncMapping(8192, 8192), storing(0, 8192, 4090, 13), persisting(0, 8192, 4090, 13));
        addRare("sync mapping of unwritten blocks, store, persist", s -> {
            s.nothing("foo");
            s.file("foo", 0);
            s.allocate("foo", 0, 8192, false);
        }, syncMapping(0, 8192), storing(0, 0, 17, 30), persisting(0, 0, 17, 30));
        addRare("sync mapping of an inline file, store, persist", s -> inline(s, "foo", 100), syncMapping(0, 100),
                storing(0, 0, 10, 8), persisting(0, 0, 10, 8));
        addRare("sync mapping, store, append, persist", s -> file(s, "foo"), syncMapping(0, 9000),
                storing(0, 0, 8990, 8), Step.inParts("append", "foo", s -> s.append("foo", 100, Durability.DEFERRED)),
                persisting(0, 0, 8990, 8));
        addRare("sync mapping, store, truncate, persist", s -> file(s, "foo"), syncMapping(0, 9000),
                storing(0, 0, 4490, 8), Step.inParts("truncate", "foo", s -> s.truncate("foo", 4500)),
                persisting(0, 0, 4490, 8));
        addRare("sync mapping, store, persist, punch beside", s -> file(s, "foo"), syncMapping(0, 8192),
                storing(0, 0, 40, 8), persisting(0, 0, 40, 8),
                Step.inParts("punch", "foo", s -> s.punch("foo", 4096, 4096)));
        addRare("sync mapping, write ATOMIC, store, persist", s -> file(s, "foo"), syncMapping(0, 8192),
                Step.inParts("write ATOMIC", "foo", s -> s.write("foo", 100, 200, Durability.ATOMIC)),
                storing(0, 0, 120, 8), persisting(0, 0, 120, 8));
        addRare("sync mapping, store, persist, unlink", s -> file(s, "foo"), syncMapping(0, 8192),
                storing(0, 0, 8, 8), persisting(0, 0, 8, 8), Step.atomic("unlink", s -> s.unlink("foo")));
        addRare("sync mapping, store, close, fdatasync", s -> file(s, "foo"), syncMapping(0, 8192),
                storing(0, 0, 8, 8), Step.inParts("close", "foo", Stage::closeMappings),
                Step.inParts("fdatasync", "foo", s -> s.fsync("foo", true)));
        addRare("sync mapping of a sealed file, store, persist", s -> {
            file(s, "foo");
            s.seal("foo", true);
        }, syncMapping(0, 8192), storing(0, 0, 200, 8), persisting(0, 0, 200, 8));
    }

    private static Step syncMapping(int offset, int length) {
        return Step.inParts("map for sync", "foo", s -> s.map("foo", offset, length, MapOption.SYNC));
    }

    private static Step persisting(int back, int fileOffset, int at, int length) {
        return Step.inParts("persist", "foo", s -> s.persistMapped(back, fileOffset, at, length));
    }

    private static Step flushing(int back, int fileOffset, int at, int length) {
        return Step.inParts("flush", "foo", s -> s.flushMapped(back, fileOffset, at, length));
    }

    private static Step draining() {
        return Step.inParts("drain", "foo", Stage::drainMapped);
    }
}
