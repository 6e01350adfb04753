package dev.stele.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.ProviderMismatchException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// The algebra of paths, and globs: by example, and by comparing with the JDK's paths on whatever a seed brings.
@ParameterizedClass
@EnumSource(Home.class)
class PathContractTest extends ContractTest {

    private Path path(String first, String... more) {
        return dir.getFileSystem().getPath(first, more);
    }

    @Test
    void dropsRedundantSlashes() {
        assertEquals("/a/b", path("//a///b/").toString());
        assertEquals("/", path("///").toString());
        assertEquals("a/b/c", path("a", "", "b/", "c").toString());
        assertEquals("", path("", "").toString());
        assertEquals("a", path("", "a").toString());
        assertEquals("/a", path("/", "a").toString());
    }

    @Test
    void elements() {
        Path path = path("/a/bb/ccc");
        assertEquals(3, path.getNameCount());
        assertEquals("bb", path.getName(1).toString());
        assertEquals("ccc", path.getFileName().toString());
        assertEquals("/a/bb", path.getParent().toString());
        assertEquals("/", path.getRoot().toString());
        assertEquals("bb/ccc", path.subpath(1, 3).toString());
        assertEquals("/", path("/a").getParent().toString());
        assertNull(path("a").getParent());
        assertNull(path("/").getParent());
        assertNull(path("/").getFileName());
        assertEquals(0, path("/").getNameCount());
        assertNull(path("a/b").getRoot());
        assertEquals(1, path("").getNameCount());
        assertEquals("", path("").getFileName().toString());
        assertNull(path("").getParent());
        assertThrows(IllegalArgumentException.class, () -> path.getName(3));
        assertThrows(IllegalArgumentException.class, () -> path.getName(-1));
        assertThrows(IllegalArgumentException.class, () -> path.subpath(1, 1));
        assertThrows(IllegalArgumentException.class, () -> path.subpath(0, 4));
        List<String> names = new ArrayList<>();
        path.forEach(name -> names.add(name.toString()));
        assertEquals(List.of("a", "bb", "ccc"), names);
    }

    @Test
    void relativePathsBecomeAbsolute() {
        assertTrue(path("/a").isAbsolute());
        assertFalse(path("a").isAbsolute());
        assertTrue(path("a").toAbsolutePath().isAbsolute());
        assertTrue(path("a").toAbsolutePath().endsWith("a"));
        assertTrue(path("").toAbsolutePath().isAbsolute());
        Path absolute = path("/a");
        assertSame(absolute, absolute.toAbsolutePath());
    }

    @Test
    void pathsOfOthersAreRefused() {
        Path foreign = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/a");
        assertThrows(ProviderMismatchException.class, () -> path("/a").resolve(foreign));
        assertThrows(ProviderMismatchException.class, () -> path("/a").relativize(foreign));
        assertFalse(path("/a").startsWith(foreign));
        assertFalse(path("/a").endsWith(foreign));
        assertNotEquals(path("/a"), foreign);
        assertThrows(ClassCastException.class, () -> path("/a").compareTo(foreign));
    }

    @Test
    void namesThatCannotBe() {
        assertThrows(InvalidPathException.class, () -> path("a\0b"));
        assertThrows(InvalidPathException.class, () -> path("a\uD800b"));
        assertThrows(NullPointerException.class, () -> path(null));
        assertThrows(NullPointerException.class, () -> path("a").resolve((Path) null));
    }

    @Test
    void unicodeNames() throws IOException {
        for (String name : List.of("äöü", "日本語", "𝒳-😀", "e\u0301", "a b", "%41", "!", "#?", "\u007F\n\t")) {
            Path file = Files.createFile(dir.resolve(name));
            assertEquals(name, file.getFileName().toString());
            try (var entries = Files.list(dir)) {
                assertEquals(List.of(file), entries.toList());
            }
            assertEquals(file, Path.of(file.toUri()));
            Files.delete(file);
        }
    }

    @Test
    void urisOfDirectoriesEndInASlash() throws IOException {
        Path sub = Files.createDirectory(dir.resolve("sub"));
        assertTrue(sub.toUri().toString().endsWith("/sub/"));
        assertEquals(sub, Path.of(sub.toUri()));
        assertTrue(dir.resolve("none").toUri().toString().endsWith("/none"));
        assertEquals(dir.getRoot(), Path.of(dir.getRoot().toUri()));
    }

    @Test
    void equalPathsAreEqual() {
        assertEquals(path("/a/b"), path("/a//b/"));
        assertEquals(path("/a/b").hashCode(), path("/a/b").hashCode());
        assertNotEquals(path("/a/b"), path("/a/B"));
        assertNotEquals(path("/a"), path("a"));
        assertNotEquals((Object) path("/a"), "/a");
        assertTrue(path("/a").compareTo(path("/b")) < 0);
        assertTrue(path("/a").compareTo(path("/a/b")) < 0);
        assertTrue(path("z").compareTo(path("ä")) < 0);
    }

    @Test
    void computesAsTheJdkDoes() {
        FileSystem host = FileSystems.getDefault();
        long seed = Long.getLong("stele.seed", 20_261_121);
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            String a = randomPath(random);
            String b = randomPath(random);
            String where = "seed " + seed + ": '" + a + "', '" + b + "'";
            Path ours = path(a);
            Path other = path(b);
            Path jdk = host.getPath(a);
            Path jdkOther = host.getPath(b);
            assertEquals(jdk.toString(), ours.toString(), where);
            assertEquals(jdk.normalize().toString(), ours.normalize().toString(), where);
            assertEquals(jdk.resolve(jdkOther).toString(), ours.resolve(other).toString(), where);
            assertEquals(jdk.resolveSibling(jdkOther).toString(), ours.resolveSibling(other).toString(), where);
            assertEquals(jdk.startsWith(jdkOther), ours.startsWith(other), where);
            assertEquals(jdk.endsWith(jdkOther), ours.endsWith(other), where);
            assertEquals(Integer.signum(jdk.compareTo(jdkOther)), Integer.signum(ours.compareTo(other)), where);
            assertEquals(jdk.equals(jdkOther), ours.equals(other), where);
            assertEquals(String.valueOf(jdk.getParent()), String.valueOf(ours.getParent()), where);
            assertEquals(String.valueOf(jdk.getFileName()), String.valueOf(ours.getFileName()), where);
            assertEquals(jdk.getNameCount(), ours.getNameCount(), where);
            assertEquals(relativized(jdk, jdkOther), relativized(ours, other), where);
        }
    }

    private static String relativized(Path from, Path to) {
        try {
            return from.relativize(to).toString();
        } catch (IllegalArgumentException e) {
            return "refused";
        }
    }

    private static String randomPath(Random random) {
        String[] parts = {"a", "b", "ab", ".", "..", "..a", "ä", "/", "//", ""};
        StringBuilder path = new StringBuilder(random.nextInt(3) == 0 ? "/" : "");
        for (int i = random.nextInt(6); i > 0; i--) {
            path.append(parts[random.nextInt(parts.length)]).append(random.nextInt(4) > 0 ? "/" : "");
        }
        return path.toString();
    }

    // Globs

    @Test
    void globs() {
        assertMatches("*.java", "A.java", true);
        assertMatches("*.java", "a/A.java", false);
        assertMatches("**.java", "a/A.java", true);
        assertMatches("*.{java,class}", "A.class", true);
        assertMatches("*.{java,class}", "A.cla", false);
        assertMatches("?", "ä", true);
        assertMatches("?", "/", false);
        assertMatches("[a-c]x", "bx", true);
        assertMatches("[!a-c]x", "bx", false);
        assertMatches("[!a-c]x", "dx", true);
        assertMatches("[-a]", "-", true);
        assertMatches("[*?\\]", "\\", true);
        assertMatches("[^a]", "^", true);
        assertMatches("\\*", "*", true);
        assertMatches("\\*", "a", false);
        assertMatches("a,b", "a,b", true);
        assertMatches("a}", "a}", true);
        assertMatches("/x/*/*", "/x/a/b", true);
        assertMatches("/x/**", "/x/a/b", true);
        assertMatches("a.b", "axb", false);
        assertMatches("(a|b)+$^", "(a|b)+$^", true);
        assertMatches("{a*,b?}/c", "axx/c", true);
        assertMatches("", "", true);
    }

    private void assertMatches(String glob, String text, boolean expected) {
        PathMatcher matcher = dir.getFileSystem().getPathMatcher("glob:" + glob);
        assertEquals(expected, matcher.matches(path(text)), glob + " on " + text);
    }

    @Test
    void globsThatCannotBe() {
        for (String glob : List.of("[a", "{a", "{a,{b}}", "a\\", "[b-a]", "[a/b]")) {
            assertThrows(PatternSyntaxException.class, () -> dir.getFileSystem().getPathMatcher("glob:" + glob), glob);
        }
        assertThrows(IllegalArgumentException.class, () -> dir.getFileSystem().getPathMatcher("a"));
        assertThrows(IllegalArgumentException.class, () -> dir.getFileSystem().getPathMatcher(":a"));
        assertThrows(UnsupportedOperationException.class, () -> dir.getFileSystem().getPathMatcher("none:a"));
    }

    @Test
    void regularExpressions() {
        PathMatcher matcher = dir.getFileSystem().getPathMatcher("regex:/a/[0-9]+");
        assertTrue(matcher.matches(path("/a/12")));
        assertFalse(matcher.matches(path("/a/12x")));
        assertThrows(PatternSyntaxException.class, () -> dir.getFileSystem().getPathMatcher("regex:("));
    }
}
