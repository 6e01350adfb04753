package dev.stele.cli;

import dev.stele.nio.DaxFileSystem;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Copies files and trees between any two file systems, the host's and volumes alike: contents without their holes,
/// symbolic links as links, files with several names as one file with several names, and on request mode, owner,
/// times and extended attributes.
final class TreeCopy {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int PAGE_BYTES = 4096;
    private static final MemorySegment ZEROS = MemorySegment.ofBuffer(ByteBuffer.allocateDirect(PAGE_BYTES));
    private static final Set<StandardOpenOption> FRESH = EnumSet.of(
            StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);

    /// What was copied.
    static final class Counts {
        long files;
        long directories;
        long symlinks;
        long hardLinks;
        long skipped;
        /// Bytes of files' contents, holes included.
        long bytes;

        String describe(long nanos) {
            StringBuilder line = new StringBuilder(Text.count(files, "file")).append(" (")
                    .append(ByteSize.format(bytes)).append("), ").append(Text.count(directories, "directory"));
            if (symlinks > 0) {
                line.append(", ").append(Text.count(symlinks, "symbolic link"));
            }
            if (hardLinks > 0) {
                line.append(", ").append(Text.count(hardLinks, "further name"));
            }
            if (skipped > 0) {
                line.append(", ").append(skipped).append(" skipped");
            }
            return line.append(String.format(Locale.ROOT, " in %.2f s", nanos / 1e9)).toString();
        }
    }

    private final boolean preserve;
    private final Predicate<Path> wanted;
    private final Progress progress;
    private final Console console;
    private final Counts counts = new Counts();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    /// Copies of source files that have more than one name, by their identity.
    private final Map<Object, Path> copied = new HashMap<>();

    /// @param preserve keep mode, owner (where permitted), times and extended attributes
    TreeCopy(Console console, Progress progress, boolean preserve) {
        this(console, progress, preserve, path -> true);
    }

    /// @param wanted what it refuses is left out, a directory with all it holds
    TreeCopy(Console console, Progress progress, boolean preserve, Predicate<Path> wanted) {
        this.wanted = wanted;
        this.console = console;
        this.progress = progress;
        this.preserve = preserve;
    }

    /// Copies a whole tree with everything preserved, with a progress bar, and says in one line what it copied.
    static Counts run(Console console, String task, Path source, Path target) {
        long startNanos = System.nanoTime();
        try (Progress progress = Progress.ofBytes(console, task, -1)) {
            TreeCopy copy = new TreeCopy(console, progress, true);
            Counts counts = copy.tree(source, target);
            console.out().println(counts.describe(System.nanoTime() - startNanos));
            return counts;
        }
    }

    /// Copies the directory's contents into `target`, which is made where it is missing.
    Counts tree(Path source, Path target) {
        refuseIntoItself(source, target);
        Failures.naming(source, () -> Files.walkFileTree(source, new Walk(source, target)));
        return counts;
    }

    /// Copies one file that is no directory to exactly `target`.
    ///
    /// @param follow a symbolic link is copied as the file it leads to
    void file(Path source, Path target, boolean follow) {
        FileFacts facts = Failures.naming(source, () -> FileFacts.of(source, follow));
        copy(source, target, facts, follow);
    }

    private final class Walk extends SimpleFileVisitor<Path> {
        private final Path from;
        private final Path to;

        Walk(Path from, Path to) {
            this.from = from;
            this.to = to;
        }

        private Path targetOf(Path path) {
            Path result = to;
            for (Path name : from.relativize(path)) {
                result = name.toString().isEmpty() ? result
                        : result.resolve(NameText.in(to.getFileSystem(), NameText.of(name)));
            }
            return result;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            if (!wanted.test(directory)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            Path target = targetOf(directory);
            if (!Files.isDirectory(target)) {
                Failures.naming(target, () -> Files.createDirectory(target));
            }
            counts.directories++;
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!wanted.test(file)) {
                return FileVisitResult.CONTINUE;
            }
            FileFacts facts = Failures.naming(file, () -> FileFacts.of(file, false));
            copy(file, targetOf(file), facts, false);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            // Last, so that filling the directory neither changes its times nor is forbidden by its mode.
            preserve(directory, targetOf(directory), FileFacts.of(directory, false), false);
            return FileVisitResult.CONTINUE;
        }
    }

    private void copy(Path source, Path target, FileFacts facts, boolean follow) {
        if (facts.hasOtherNames() && linkToCopy(target, facts)) {
            return;
        }
        switch (facts.type()) {
            case REGULAR -> {
                contents(source, target, facts);
                counts.files++;
            }
            case SYMLINK -> {
                symlink(source, target);
                counts.symlinks++;
            }
            default -> {
                console.err().println("stele: " + Session.display(source) + ": skipped, a " + facts.type().label());
                counts.skipped++;
                return;
            }
        }
        preserve(source, target, facts, follow);
        if (facts.hasOtherNames()) {
            copied.put(facts.identity(), target);
        }
    }

    private boolean linkToCopy(Path target, FileFacts facts) {
        Path first = copied.get(facts.identity());
        if (first == null) {
            return false;
        }
        Failures.naming(target, () -> {
            Files.deleteIfExists(target);
            return Files.createLink(target, first);
        });
        counts.hardLinks++;
        return true;
    }

    private static void symlink(Path source, Path target) {
        Path to = Failures.naming(source, () -> Files.readSymbolicLink(source));
        Failures.naming(target, () -> {
            Files.deleteIfExists(target);
            return Files.createSymbolicLink(target, NameText.in(target.getFileSystem(), NameText.of(to)));
        });
    }

    private void contents(Path source, Path target, FileFacts facts) {
        try (FileChannel in = Failures.naming(source, () -> FileChannel.open(source, StandardOpenOption.READ));
                FileChannel out = Failures.naming(target, () -> FileChannel.open(target, FRESH))) {
            long position = 0;
            boolean endsInHole = false;
            while (true) {
                long data = nextData(source, facts, position);
                endsInHole |= data > position;
                counts.bytes += data - position;
                position = data;
                long at = position;
                if (Failures.naming(source, () -> fill(in, at)) == 0) {
                    break;
                }
                int byteCount = buffer.limit();
                endsInHole = Failures.naming(target, () -> writeWithoutZeros(out, at));
                position += byteCount;
                counts.bytes += byteCount;
                progress.step(byteCount);
            }
            if (endsInHole) {
                long last = position - 1;
                Failures.naming(target, () -> out.write(ByteBuffer.allocate(1), last));
            }
        } catch (IOException e) {
            throw new CommandFailure(Session.display(target) + ": " + Failures.describe(e), e);
        }
    }

    /// Where the next bytes stand that are in no hole; a volume knows, on the host every byte is read.
    private static long nextData(Path source, FileFacts facts, long position) {
        if (!(source.getFileSystem() instanceof DaxFileSystem)) {
            return position;
        }
        return Failures.naming(source, () -> {
            long data = Session.volumeOf(source).seekData(facts.inode(), position);
            return data >= 0 ? data / PAGE_BYTES * PAGE_BYTES : Math.max(position, facts.sizeBytes());
        });
    }

    /// Reads until the buffer is full or the file ends, and turns the buffer for writing.
    private int fill(FileChannel in, long position) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining() && in.read(buffer, position + buffer.position()) > 0) {
            // A read may bring less than asked.
        }
        buffer.flip();
        return buffer.remaining();
    }

    /// Writes the buffer at `position`; whole pages of zeros stay holes.
    ///
    /// @return whether the last page was left out
    private boolean writeWithoutZeros(FileChannel out, long position) throws IOException {
        MemorySegment bytes = MemorySegment.ofBuffer(buffer);
        int limit = buffer.limit();
        int from = 0;
        int at = 0;
        boolean zeros = false;
        while (at < limit) {
            int end = Math.min(at + PAGE_BYTES, limit);
            zeros = MemorySegment.mismatch(bytes, at, end, ZEROS, 0, end - at) < 0;
            if (zeros) {
                write(out, position, from, at);
                from = end;
            }
            at = end;
        }
        write(out, position, from, limit);
        return zeros;
    }

    private void write(FileChannel out, long position, int from, int end) throws IOException {
        buffer.limit(end).position(from);
        while (buffer.hasRemaining()) {
            out.write(buffer, position + buffer.position());
        }
    }

    private void preserve(Path source, Path target, FileFacts facts, boolean follow) {
        if (preserve) {
            Failures.naming(target, () -> {
                facts.applyTo(source, target, follow);
                return null;
            });
        }
    }

    private static void refuseIntoItself(Path source, Path target) {
        if (!source.getFileSystem().equals(target.getFileSystem())) {
            return;
        }
        Path from = Failures.naming(source, () -> source.toRealPath());
        Path at = target.toAbsolutePath().normalize();
        while (at != null && !Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
            at = at.getParent();
        }
        Path existing = at;
        if (existing != null && Failures.naming(existing, () -> existing.toRealPath()).startsWith(from)) {
            throw new CommandFailure("cannot copy " + Session.display(source) + " into itself");
        }
    }
}
