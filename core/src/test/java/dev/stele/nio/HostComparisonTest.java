package dev.stele.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.nio.Home.Fixture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Does the same random things to a directory of the host and to one of a volume, and expects the same of each: result
/// or exception with the names in it, and from time to time the whole tree.
///
/// `-Dstele.rounds=` says how many steps, `-Dstele.seed=` which.
@Timeout(600)
class HostComparisonTest {
    private static final int COMPARE_EVERY = 500;
    private static final int MAX_FILE_BYTES = 60_000;
    private static final List<String> NAMES = List.of("a", "b", "c", "ä", "link", "dir", "sub", "x".repeat(255));

    private interface Step {
        Object on(Path root) throws IOException;
    }

    @Test
    void doesWhatTheHostDoes() throws IOException {
        long seed = Long.getLong("stele.seed", 20_261_121);
        int stepCount = Integer.getInteger("stele.rounds", 6000);
        Random random = new Random(seed);
        try (Fixture host = Home.HOST.open(); Fixture ours = Home.STELE.open()) {
            Path hostRoot = root(host);
            Path ourRoot = root(ours);
            for (int i = 0; i < stepCount; i++) {
                String what = "seed " + seed + ", step " + i + ": ";
                StringBuilder name = new StringBuilder();
                Step step = step(random, name);
                assertEquals(outcome(step, hostRoot), outcome(step, ourRoot), () -> what + name);
                if (i % COMPARE_EVERY == COMPARE_EVERY - 1) {
                    assertEquals(tree(hostRoot), tree(ourRoot), what + name);
                }
            }
        }
    }

    /// Deep enough that no path of the steps leads out of the fixture.
    private static Path root(Fixture fixture) throws IOException {
        return Files.createDirectories(fixture.directory().resolve("1/2/3"));
    }

    /// What a step gives, or how it fails, with names made relative.
    private static String outcome(Step step, Path root) {
        try {
            return String.valueOf(step.on(root)).replace(root.toString(), "ROOT");
        } catch (FileSystemException e) {
            String names = e.getFile() + " and " + e.getOtherFile();
            return e.getClass().getSimpleName() + " on " + names.replace(root.toString(), "ROOT");
        } catch (IOException | RuntimeException e) {
            return e.getClass().getSimpleName();
        }
    }

    private static String path(Random random, StringBuilder name) {
        StringBuilder path = new StringBuilder(pick(random, NAMES));
        for (int depth = random.nextInt(3); depth > 0; depth--) {
            path.append('/').append(random.nextInt(20) == 0 ? ".." : pick(random, NAMES));
        }
        name.append(' ').append(path.length() > 200 ? "(long)" : path);
        return path.toString();
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static Step step(Random random, StringBuilder name) {
        int kind = random.nextInt(22);
        name.append("kind ").append(kind);
        String one = path(random, name);
        String two = path(random, name);
        return switch (kind) {
            case 0, 1, 2 -> root -> root.relativize(Files.createDirectory(root.resolve(one)));
            case 3 -> root -> root.relativize(Files.createFile(root.resolve(one)));
            case 4, 5 -> write(random, one);
            case 6, 7 -> writeAt(random, one);
            case 8, 9, 10 -> root -> {
                Files.delete(root.resolve(one));
                return "deleted";
            };
            case 11, 12 -> move(random, one, two);
            case 13 -> copy(random, one, two);
            case 14 -> root -> root.relativize(Files.createLink(root.resolve(one), root.resolve(two)));
            case 15 -> root -> Files.createSymbolicLink(root.resolve(one),
                    root.getFileSystem().getPath(two)).getFileName();
            case 16 -> setAttributes(random, one);
            case 17 -> root -> {
                try (Stream<Path> entries = Files.list(root.resolve(one))) {
                    return entries.map(root::relativize).map(Path::toString).sorted().toList();
                }
            };
            case 18 -> root -> read(root.resolve(one));
            case 19 -> root -> root.toRealPath().relativize(root.resolve(one).toRealPath());
            case 20 -> root -> Files.readSymbolicLink(root.resolve(one));
            default -> root -> describe(root.resolve(one)) + Files.exists(root.resolve(two))
                    + Files.isSameFile(root.resolve(one), root.resolve(two));
        };
    }

    /// Of reading a directory the JDK says that it is one, and not which.
    private static int read(Path path) throws IOException {
        try {
            return Arrays.hashCode(Files.readAllBytes(path));
        } catch (FileSystemException e) {
            throw Files.isDirectory(path) ? new IOException(e) : e;
        }
    }

    private static byte[] content(Random random) {
        byte[] content = new byte[random.nextInt(random.nextInt(3) == 0 ? MAX_FILE_BYTES : 300)];
        random.nextBytes(content);
        return content;
    }

    private static Step write(Random random, String path) {
        byte[] content = content(random);
        List<Set<OpenOption>> ways = List.of(
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.SYNC));
        Set<OpenOption> options = pick(random, ways);
        return root -> Files.write(root.resolve(path), content, options.toArray(OpenOption[]::new)).getFileName();
    }

    private static Step writeAt(Random random, String path) {
        byte[] content = content(random);
        int offset = random.nextInt(MAX_FILE_BYTES);
        int size = random.nextInt(MAX_FILE_BYTES);
        boolean truncates = random.nextBoolean();
        return root -> {
            try (FileChannel channel = FileChannel.open(root.resolve(path), StandardOpenOption.WRITE,
                    StandardOpenOption.READ)) {
                channel.write(ByteBuffer.wrap(content), offset);
                if (truncates) {
                    channel.truncate(size);
                }
                ByteBuffer all = ByteBuffer.allocate((int) channel.size());
                channel.read(all);
                return channel.position() + " " + Arrays.hashCode(all.array());
            }
        };
    }

    private static Step move(Random random, String from, String to) {
        CopyOption[] options = pick(random, List.of(new CopyOption[0],
                new CopyOption[] {StandardCopyOption.REPLACE_EXISTING},
                new CopyOption[] {StandardCopyOption.ATOMIC_MOVE}));
        return root -> Files.move(root.resolve(from), root.resolve(to), options).getFileName();
    }

    private static Step copy(Random random, String from, String to) {
        CopyOption[] options = pick(random, List.of(new CopyOption[0],
                new CopyOption[] {StandardCopyOption.REPLACE_EXISTING},
                new CopyOption[] {StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS},
                new CopyOption[] {StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES}));
        return root -> Files.copy(root.resolve(from), root.resolve(to), options).getFileName();
    }

    private static Step setAttributes(Random random, String path) {
        int mode = random.nextInt(01000);
        FileTime time = FileTime.from(random.nextLong(1L << 60), TimeUnit.NANOSECONDS);
        byte[] value = new byte[random.nextInt(100)];
        int which = random.nextInt(4);
        return root -> {
            Path file = root.resolve(path);
            return switch (which) {
                case 0 -> Files.setAttribute(file, "unix:mode", mode).getFileName();
                case 1 -> Files.setLastModifiedTime(file, time).getFileName();
                case 2 -> Files.setAttribute(file, "unix:uid", mode).getFileName();
                default -> Files.setAttribute(file, "user:mine", value).getFileName();
            };
        };
    }

    /// What both must agree on. Sizes of directories and times that nobody set are each one's own.
    private static String describe(Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path,
                "unix:mode,nlink,uid,gid,size,isDirectory,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
        boolean directory = (boolean) attributes.get("isDirectory");
        boolean link = (boolean) attributes.get("isSymbolicLink");
        List<Object> told = new ArrayList<>(List.of(
                PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)),
                attributes.get("mode"), attributes.get("nlink"), attributes.get("uid"), attributes.get("gid")));
        if (!directory) {
            told.add(attributes.get("size"));
        }
        if (!directory && !link) {
            told.add(Arrays.hashCode(Files.readAllBytes(path)));
            told.add(new TreeMap<>(Files.readAttributes(path, "user:*")).keySet());
        }
        return told + (link ? Files.readSymbolicLink(path).toString() : "");
    }

    private static Map<String, String> tree(Path root) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path path : walk.toList()) {
                tree.put(root.relativize(path).toString(), path.equals(root) ? "" : describe(path));
            }
        }
        return tree;
    }
}
