package dev.stele.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Paths made of random texts, and of listings, beside the host's and beside those made otherwise.
class DaxPathTest {
    private static final long SEED = Long.getLong("stele.seed", 23);
    private static final int ROUNDS = 3000;
    private static final String[] ELEMENTS = {"a", "b", ".", "..", "...", "dots", "too long", "a-name-of-20-letters"};

    private final Random random = new Random(SEED);

    @Test
    void randomPathsAreTakenApartAsTheHostDoes() throws IOException {
        System.out.println("seed " + SEED);
        try (Home.Fixture home = Home.STELE.open()) {
            for (int round = 0; round < ROUNDS; round++) {
                String one = randomText();
                String two = randomText();
                Path host = Path.of(one);
                Path own = home.directory().getFileSystem().getPath(one);
                assertSame(host, own);
                assertSame(host.resolve(two), own.resolve(two));
                assertSame(host.resolve(two).getParent(), own.resolve(two).getParent());
                assertEquals(host.normalize().toString(), own.normalize().toString());
                Path otherHost = Path.of(two);
                Path otherOwn = own.getFileSystem().getPath(two);
                assertEquals(Integer.signum(host.compareTo(otherHost)), Integer.signum(own.compareTo(otherOwn)));
                assertEquals(host.equals(otherHost), own.equals(otherOwn));
            }
        }
    }

    private void assertSame(Path host, Path own) {
        if (host == null) {
            assertEquals(host, own);
            return;
        }
        assertEquals(host.toString(), own.toString());
        assertEquals(host.getNameCount(), own.getNameCount(), host::toString);
        assertEquals(String.valueOf(host.getFileName()), String.valueOf(own.getFileName()));
        assertEquals(String.valueOf(host.getParent()), String.valueOf(own.getParent()));
        assertEquals(texts(host), texts(own));
        int count = host.getNameCount();
        if (count > 0) {
            int from = random.nextInt(count);
            int to = from + 1 + random.nextInt(count - from);
            assertEquals(host.getName(from).toString(), own.getName(from).toString());
            assertEquals(host.subpath(from, to).toString(), own.subpath(from, to).toString());
        }
    }

    private static List<String> texts(Path path) {
        List<String> texts = new ArrayList<>();
        path.iterator().forEachRemaining(each -> texts.add(each.toString()));
        return texts;
    }

    private String randomText() {
        StringBuilder text = new StringBuilder("/".repeat(random.nextInt(3)));
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(ELEMENTS[random.nextInt(ELEMENTS.length)]).append("/".repeat(1 + random.nextInt(2)));
        }
        return random.nextBoolean() || text.isEmpty() ? text + "end" : text.toString();
    }

    /// However a path is made, the walk sees the same elements.
    @Test
    void whatAWalkSeesDoesNotDependOnHowThePathWasMade() throws IOException {
        System.out.println("seed " + SEED);
        try (Home.Fixture home = Home.STELE.open()) {
            DaxPath root = (DaxPath) home.directory().getRoot();
            for (int round = 0; round < ROUNDS; round++) {
                DaxPath path = round % 2 == 0 ? root : DaxPath.of(root.getFileSystem(), "");
                for (int i = random.nextInt(4); i >= 0; i--) {
                    String text = randomText().replaceFirst("^/+", "");
                    path = path.resolve(text);
                    if (random.nextInt(3) == 0) {
                        path.names();
                    }
                }
                DaxPath same = DaxPath.of(root.getFileSystem(), path.toString());
                assertEquals(same, path);
                assertEquals(same.hashCode(), path.hashCode());
                assertEquals(0, same.compareTo(path));
                assertEquals(List.of(names(same)), List.of(names(path)));
                assertEquals(same.lastName(), path.lastName());
                assertEquals(same.endsInDots(), path.endsInDots());
            }
        }
    }

    private static String names(DaxPath path) {
        StringBuilder text = new StringBuilder();
        for (Object each : path.names()) {
            text.append(each).append('|');
        }
        return text.toString();
    }

    /// Names of every length, of any bytes.
    @Test
    void pathsOfAListingAreThoseThatWereMade() throws IOException {
        System.out.println("seed " + SEED);
        try (Home.Fixture home = Home.STELE.open()) {
            DaxPath directory = (DaxPath) home.directory().resolve("many");
            Files.createDirectory(directory);
            Set<Path> made = new HashSet<>();
            for (int length = 1; length <= 255; length++) {
                byte[] bytes = new byte[length];
                for (int i = 0; i < length; i++) {
                    bytes[i] = (byte) (length % 3 == 0 ? 0x80 + random.nextInt(0x80) : 'a' + random.nextInt(26));
                }
                Path file = directory.resolve(DaxPath.ofBytes(directory.getFileSystem(), bytes));
                Files.createFile(file);
                made.add(file);
            }
            Set<Path> listed = new HashSet<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    assertTrue(listed.add(entry));
                    assertTrue(Files.isRegularFile(entry));
                    assertEquals(entry, directory.resolve(entry.getFileName().toString()));
                }
            }
            assertEquals(made, listed);
        }
    }
}
