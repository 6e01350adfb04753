package dev.stele.cli;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.format.Geometry;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.medium.PersistenceCounters;
import dev.stele.medium.sim.SimMedium;
import dev.stele.nio.DaxFileSystem;
import dev.stele.nio.DaxFileSystemProvider;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/// The guided tour: each step does something real and says what came of it.
final class Quickstart {
    static final String LABEL = "quickstart";
    private static final Set<String> BUILD_OUTPUT = Set.of("target", ".git");
    private static final String RECORDS = "/records.dat";
    private static final String CREATED = "/created-before-the-cut";
    private static final int RECORD_BYTES = 64;
    private static final int RECORD_COUNT = 1024;
    private static final int FIRST = 7;
    private static final int SECOND = 8;
    private static final long OLD = 1000;
    private static final long NEW = 2000;
    private static final long SIMULATED_MAX_BYTES = 192L << 20;

    private final PrintStream out;
    private final Console console;
    private final Path source;
    private final Path image;
    private final Predicate<Path> wanted;
    private boolean allHeld = true;
    /// Whether a small volume stood in for the image in the simulation.
    private boolean isSmall;
    private int step;

    /// @param own whether the source is Stele's own tree, whose build output is left out
    Quickstart(Console console, Path source, Path image, boolean own) {
        this.console = console;
        this.out = console.out();
        this.source = source.toAbsolutePath().normalize();
        this.image = image;
        Path place = image.toAbsolutePath().normalize();
        this.wanted = path -> !path.toAbsolutePath().normalize().equals(place)
                && (!own || !BUILD_OUTPUT.contains(String.valueOf(path.getFileName())));
    }

    /// Whether an earlier quickstart made it: then it may be replaced.
    static boolean isOwnVolume(Path image) {
        try {
            return Volumes.isVolume(image) && Volumes.reading(image, volume -> volume.label().equals(LABEL));
        } catch (CommandFailure e) {
            return false;
        }
    }

    /// @return whether everything held
    boolean run() {
        long startNanos = System.nanoTime();
        try {
            makeVolume();
            importTree();
            makeRecords();
            cutThePower();
            checkImage();
        } catch (IOException e) {
            throw new CommandFailure(Failures.describe(e), e);
        }
        out.println();
        out.println(allHeld
                ? String.format(Locale.ROOT, "Everything held, in %.1f s. The volume is yours to look at:",
                        (System.nanoTime() - startNanos) / 1e9)
                : "NOT everything held: see the lines marked FAILED.");
        out.println("  ./stele tree -L 1 " + image + ":/      ./stele info " + image
                + "      ./stele fences      ./stele strategies --quick");
        return allHeld;
    }

    private void title(String text) {
        out.println((step++ == 0 ? "" : System.lineSeparator()) + step + ". " + text);
        out.flush();
    }

    private void say(String text) {
        out.println("   " + text);
        out.flush();
    }

    private void expect(boolean held, String text) {
        allHeld &= held;
        say((held ? "ok: " : "FAILED: ") + text);
    }

    // Making and filling it

    private void makeVolume() throws IOException {
        title("Make a volume in a file");
        long sizeBytes = sizeFor(source);
        new VolumeFile(image, MediumOptions.DEFAULT).make(sizeBytes, formatOptions(), medium -> say(
                image.toAbsolutePath() + ": " + ByteSize.format(sizeBytes) + ", " + medium.description()));
    }

    private static FormatOptions formatOptions() {
        return new FormatOptions(LABEL, UUID.randomUUID(), 1, 2, 0, Volumes.ownId("uid"), Volumes.ownId("gid"),
                Volumes.nowNanos());
    }

    /// Half as much again as the files need.
    private long sizeFor(Path tree) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                bytes[0] += 2 * Geometry.BLOCK_BYTES;
                return wanted.test(directory) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes[0] += wanted.test(file) ? (Geometry.blocksFor(attributes.size()) + 1) * Geometry.BLOCK_BYTES : 0;
                return FileVisitResult.CONTINUE;
            }
        });
        long unit = 8L << 20;
        return (bytes[0] + bytes[0] / 2) / unit * unit + 2 * unit;
    }

    private void importTree() throws IOException {
        title("Copy a directory into it, through java.nio.file: " + source);
        try (Session session = new Session(); Progress progress = Progress.ofBytes(console, "importing", -1)) {
            Path root = session.writing(Operand.parseInsideOrRoot(image.toString()));
            long startNanos = System.nanoTime();
            TreeCopy copy = new TreeCopy(console, progress, true, wanted);
            say(copy.tree(source, root).describe(System.nanoTime() - startNanos));
            try (var entries = Files.list(root)) {
                say("ls: " + String.join("  ", entries.map(entry -> entry.getFileName().toString()
                        + (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) ? "/" : "")).sorted().limit(12)
                        .toList()));
            }
            compare(root);
        }
    }

    /// Every file of the source against its copy, byte for byte.
    private void compare(Path root) throws IOException {
        long[] counts = new long[2];
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return wanted.test(directory) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path copy = root.resolve(source.relativize(file).toString());
                if (attributes.isRegularFile() && wanted.test(file)) {
                    counts[0]++;
                    counts[1] += Files.exists(copy) && Files.mismatch(file, copy) == -1 ? 0 : 1;
                }
                return FileVisitResult.CONTINUE;
            }
        });
        expect(counts[1] == 0, Text.count(counts[0], "file") + " compared with the originals, " + counts[1]
                + " differ");
    }

    private void makeRecords() throws IOException {
        title("Make a file of " + RECORD_COUNT + " records of " + RECORD_BYTES + " bytes in it");
        try (Session session = new Session()) {
            Path records = session.writing(new Operand.Inside("", image, RECORDS));
            Files.write(records, new byte[0]);
            ByteBuffer bytes = ByteBuffer.allocateDirect(RECORD_BYTES * RECORD_COUNT)
                    .order(ByteOrder.nativeOrder());
            for (int record = 0; record < RECORD_COUNT; record++) {
                bytes.putLong(record * RECORD_BYTES, OLD + record);
            }
            try (FileChannel channel = FileChannel.open(records, WRITE)) {
                channel.write(bytes);
                channel.force(true);
            }
            say(RECORDS + ": " + ByteSize.format(Files.size(records)));
        }
    }

    // Power

    private void cutThePower() throws IOException {
        title("Copy the volume onto simulated persistent memory and change it there");
        try (SimMedium medium = simulated()) {
            DaxFileSystem files = mount(medium, LABEL);
            changeRecords(medium, files);
            title("Cut the power: every cache line that no fence covered is lost");
            say(Text.count(medium.undurableLineCount(), "line") + " lost, of " + ByteSize.format(medium.sizeBytes()));
            try (SimMedium survivor = copyOf(medium.durableBytes())) {
                recover(survivor);
            }
            files.close();
        }
    }

    private static DaxFileSystem mount(Medium medium, String name) {
        return DaxFileSystemProvider.installed().mount(Volume.open(medium, options()), name);
    }

    /// The image's content on a medium that knows every cache line; a small volume instead of one too large for that.
    private SimMedium simulated() throws IOException {
        if (Files.size(image) > SIMULATED_MAX_BYTES) {
            say("the volume is too large to simulate line by line: a small one with the records takes its place");
            isSmall = true;
            return smallVolume();
        }
        try (Medium medium = Media.open(image, MediumOptions.DEFAULT.withReadOnly(true))) {
            return copyOf(medium.metadata().segment());
        }
    }

    private SimMedium smallVolume() throws IOException {
        SimMedium medium = SimMedium.create(16 << 20);
        Volume.format(medium, formatOptions());
        try (Session session = new Session()) {
            DaxFileSystem files = mount(medium, LABEL + "-small");
            Files.copy(session.reading(new Operand.Inside("", image, RECORDS)), files.getPath(RECORDS));
            files.volume().sync();
            SimMedium copy = copyOf(medium.metadata().segment());
            files.close();
            return copy;
        }
    }

    private static SimMedium copyOf(MemorySegment content) {
        SimMedium copy = SimMedium.create(content.byteSize());
        MemorySegment.copy(content, 0, copy.data().segment(), 0, content.byteSize());
        copy.settle();
        return copy;
    }

    private static OpenOptions options() {
        return new OpenOptions(false, Volumes::nowNanos, false);
    }

    /// Two records change in memory, one of them is made durable; a file is made and one is written without a sync.
    private void changeRecords(SimMedium medium, DaxFileSystem files) throws IOException {
        try (FileChannel channel = FileChannel.open(files.getPath(RECORDS), READ, WRITE);
                Arena arena = Arena.ofConfined()) {
            MemorySegment records = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
            long inode = (long) Files.getAttribute(files.getPath(RECORDS), "unix:ino");
            PersistenceCounters.Snapshot before = medium.counters().ofThisThread();
            put(records, FIRST, NEW);
            files.volume().syncRange(inode, FIRST * RECORD_BYTES, RECORD_BYTES);
            PersistenceCounters.Snapshot cost = medium.counters().ofThisThread().since(before);
            expect(cost.drains() == 1, "record " + FIRST + " updated through the mapping and made durable with "
                    + Text.count(cost.drains(), "fence") + ", " + Text.count(cost.flushedLines(), "flushed line"));
            before = medium.counters().ofThisThread();
            Files.createFile(files.getPath(CREATED));
            cost = medium.counters().ofThisThread().since(before);
            expect(cost.drains() <= 1, CREATED + " created: durable when the call returned, with "
                    + Text.count(cost.drains(), "fence"));
            put(records, SECOND, NEW);
            say("record " + SECOND + " updated through the mapping, but not made durable");
        }
    }

    private static void put(MemorySegment records, int record, long value) {
        records.set(ValueLayout.JAVA_LONG, (long) record * RECORD_BYTES, value);
    }

    private void recover(SimMedium survivor) throws IOException {
        title("Recover, check and compare");
        long startNanos = System.nanoTime();
        DaxFileSystem files = mount(survivor, LABEL + "-recovered");
        say(String.format(Locale.ROOT, "opened in %.1f ms", (System.nanoTime() - startNanos) / 1e6));
        ByteBuffer records = ByteBuffer.wrap(Files.readAllBytes(files.getPath(RECORDS)))
                .order(ByteOrder.nativeOrder());
        long first = records.getLong(FIRST * RECORD_BYTES);
        long second = records.getLong(SECOND * RECORD_BYTES);
        expect(first == NEW, "record " + FIRST + " is new: " + first);
        expect(second == OLD + SECOND, "record " + SECOND + " is old, as nobody made it durable: " + second);
        expect(Files.exists(files.getPath(CREATED)), CREATED + " is there");
        if (!isSmall) {
            compare(files.getPath("/"));
        }
        files.volume().sync();
        check(survivor, "the recovered volume");
        files.close();
    }

    private void checkImage() {
        title("Check the volume in the file");
        try (Medium medium = Media.open(image, MediumOptions.DEFAULT.withReadOnly(true))) {
            check(medium, image.toString());
        }
    }

    private void check(Medium medium, String what) {
        Report report = Check.run(medium);
        report.findings().stream().limit(5).forEach(finding -> say(finding.message()));
        Report.Totals totals = report.totals();
        expect(report.exitCode() == 0, what + ": every structure checked, "
                + Text.count(report.findings().size(), "finding") + "; " + Text.count(totals.files(), "file") + ", "
                + Text.count(totals.directories(), "directory") + ", " + Text.count(totals.usedBlocks(), "block"));
    }
}
