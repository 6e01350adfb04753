package dev.stele.nio;

import static dev.stele.nio.Home.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Attribute views, principals and the file store.
@ParameterizedClass
@EnumSource(Home.class)
class AttributeContractTest extends ContractTest {
    private static final FileTime THEN = FileTime.from(1_234_567_890_123_456_789L, TimeUnit.NANOSECONDS);

    @Test
    void basicAttributes() throws IOException {
        Instant before = Instant.now().minusSeconds(1);
        Path file = write(dir.resolve("file"), "content");
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        assertEquals(7, attributes.size());
        assertTrue(attributes.isRegularFile());
        assertFalse(attributes.isDirectory());
        assertFalse(attributes.isSymbolicLink());
        assertFalse(attributes.isOther());
        assertNotNull(attributes.fileKey());
        assertTrue(attributes.lastModifiedTime().toInstant().isAfter(before));
        assertTrue(attributes.creationTime().toInstant().isAfter(before));
        assertTrue(attributes.lastAccessTime().toInstant().isAfter(before));
        assertNotEquals(attributes.fileKey(), Files.readAttributes(dir, BasicFileAttributes.class).fileKey());
    }

    @Test
    void timesHaveNanoseconds() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Files.setLastModifiedTime(file, THEN);
        assertEquals(THEN, Files.getLastModifiedTime(file));
        FileTime other = FileTime.from(987_654_321_012_345_678L, TimeUnit.NANOSECONDS);
        BasicFileAttributeView view = Files.getFileAttributeView(file, BasicFileAttributeView.class);
        view.setTimes(null, other, null);
        assertEquals(THEN, view.readAttributes().lastModifiedTime());
        assertEquals(other, view.readAttributes().lastAccessTime());
        view.setTimes(null, null, null);
        view.setTimes(other, THEN, null);
        assertEquals(other, view.readAttributes().lastModifiedTime());
        assertEquals(THEN, view.readAttributes().lastAccessTime());
    }

    @Test
    void writingChangesTheTime() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Files.setLastModifiedTime(file, THEN);
        write(file, "y");
        assertTrue(Files.getLastModifiedTime(file).compareTo(THEN) > 0);
        Files.setLastModifiedTime(dir, THEN);
        write(dir.resolve("another"), "x");
        assertTrue(Files.getLastModifiedTime(dir).compareTo(THEN) > 0);
        Files.setLastModifiedTime(dir, THEN);
        Files.delete(dir.resolve("another"));
        assertTrue(Files.getLastModifiedTime(dir).compareTo(THEN) > 0);
    }

    @Test
    void changingAttributesChangesTheChangeTime() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        FileTime before = (FileTime) Files.getAttribute(file, "unix:ctime");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        FileTime after = (FileTime) Files.getAttribute(file, "unix:ctime");
        assertTrue(after.compareTo(before) >= 0);
        Files.setLastModifiedTime(file, THEN);
        assertTrue(((FileTime) Files.getAttribute(file, "unix:ctime")).compareTo(after) >= 0);
    }

    @Test
    void posixAttributes() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx-w---x"));
        PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
        assertEquals("rwx-w---x", PosixFilePermissions.toString(attributes.permissions()));
        assertEquals(0100721, Files.getAttribute(file, "unix:mode"));
        assertEquals(Files.getOwner(file), attributes.owner());
        Files.setAttribute(file, "unix:mode", 04755);
        assertEquals(0104755, Files.getAttribute(file, "unix:mode"));
        Files.setAttribute(file, "posix:permissions", PosixFilePermissions.fromString("rw-rw-rw-"));
        assertEquals(0100666, Files.getAttribute(file, "unix:mode"));
    }

    @Test
    void ownersAndGroups() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        UserPrincipalLookupService lookup = dir.getFileSystem().getUserPrincipalLookupService();
        UserPrincipal root = lookup.lookupPrincipalByName("root");
        UserPrincipal numbered = lookup.lookupPrincipalByName("123456");
        GroupPrincipal group = lookup.lookupPrincipalByGroupName("234567");
        Files.setOwner(file, numbered);
        assertEquals(numbered, Files.getOwner(file));
        assertEquals("123456", Files.getOwner(file).getName());
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        view.setGroup(group);
        assertEquals(group, view.readAttributes().group());
        assertEquals(123456, Files.getAttribute(file, "unix:uid"));
        assertEquals(234567, Files.getAttribute(file, "unix:gid"));
        Files.setOwner(file, root);
        assertEquals("root", Files.getOwner(file).getName());
        assertEquals(root.hashCode(), Files.getOwner(file).hashCode());
        assertNotEquals((Object) lookup.lookupPrincipalByGroupName("0"), lookup.lookupPrincipalByName("0"));
        assertThrows(UserPrincipalNotFoundException.class, () -> lookup.lookupPrincipalByName("nobody-of-that-name"));
        assertThrows(UserPrincipalNotFoundException.class,
                () -> lookup.lookupPrincipalByGroupName("nobody-of-that-name"));
        assertThrows(IOException.class, () -> Files.setOwner(file, group));
        assertThrows(NullPointerException.class, () -> view.setGroup(null));
    }

    @Test
    void unixAttributes() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Map<String, Object> all = Files.readAttributes(file, "unix:*");
        assertEquals(Set.of("size", "creationTime", "lastAccessTime", "lastModifiedTime", "fileKey", "isDirectory",
                "isRegularFile", "isSymbolicLink", "isOther", "permissions", "owner", "group", "mode", "ino", "dev",
                "rdev", "nlink", "uid", "gid", "ctime"), all.keySet());
        for (var expected : Map.<String, Class<?>>of("mode", Integer.class, "ino", Long.class, "dev", Long.class,
                "rdev", Long.class, "nlink", Integer.class, "uid", Integer.class, "gid", Integer.class,
                "ctime", FileTime.class, "size", Long.class).entrySet()) {
            assertEquals(expected.getValue(), all.get(expected.getKey()).getClass(), expected.getKey());
        }
        assertEquals(all.get("dev"), Files.getAttribute(dir, "unix:dev"));
        assertNotEquals(all.get("ino"), Files.getAttribute(dir, "unix:ino"));
        assertEquals(1, all.get("nlink"));
        int links = (int) Files.getAttribute(dir, "unix:nlink");
        assertTrue(links >= 1);
    }

    @Test
    void attributesByName() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        assertEquals(Map.of("size", 1L), Files.readAttributes(file, "size"));
        assertEquals(Set.of("size", "isDirectory"), Files.readAttributes(file, "basic:size,isDirectory").keySet());
        assertEquals(9, Files.readAttributes(file, "*").size());
        assertEquals(12, Files.readAttributes(file, "posix:*").size());
        assertEquals(Set.of("owner"), Files.readAttributes(file, "owner:*").keySet());
        assertThrows(IllegalArgumentException.class, () -> Files.readAttributes(file, "none"));
        assertThrows(IllegalArgumentException.class, () -> Files.readAttributes(file, "basic:mode"));
        assertThrows(IllegalArgumentException.class, () -> Files.readAttributes(file, ":size"));
        assertThrows(UnsupportedOperationException.class, () -> Files.readAttributes(file, "none:size"));
        assertThrows(IllegalArgumentException.class, () -> Files.setAttribute(file, "size", 5L));
        assertThrows(IllegalArgumentException.class, () -> Files.setAttribute(file, "unix:ino", 5L));
        assertThrows(UnsupportedOperationException.class, () -> Files.setAttribute(file, "none:size", 5L));
        assertThrows(ClassCastException.class, () -> Files.setAttribute(file, "lastModifiedTime", "now"));
        Files.setAttribute(file, "lastModifiedTime", THEN);
        Files.setAttribute(file, "basic:lastAccessTime", THEN);
        assertEquals(THEN, Files.getAttribute(file, "lastAccessTime"));
        Files.setAttribute(file, "owner:owner",
                dir.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("77"));
        assertEquals(77, Files.getAttribute(file, "unix:uid"));
    }

    @Test
    void attributesOfALinkOrItsTarget() throws IOException {
        Path file = write(dir.resolve("file"), "content");
        Path link = Files.createSymbolicLink(dir.resolve("link"), dir.getFileSystem().getPath("file"));
        assertEquals(7L, Files.getAttribute(link, "size"));
        assertEquals(4L, Files.getAttribute(link, "size", LinkOption.NOFOLLOW_LINKS));
        assertEquals(0120000, (int) Files.getAttribute(link, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0170000);
        Files.setAttribute(link, "unix:uid", 5, LinkOption.NOFOLLOW_LINKS);
        assertNotEquals(5, Files.getAttribute(file, "unix:uid"));
        assertEquals(5, Files.getAttribute(link, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        Files.getFileAttributeView(link, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(THEN, null, null);
        assertEquals(THEN, Files.getLastModifiedTime(link, LinkOption.NOFOLLOW_LINKS));
        assertNotEquals(THEN, Files.getLastModifiedTime(file));
    }

    @Test
    void attributesOfWhatIsNotThere() {
        Path none = dir.resolve("none");
        Path beneath = write(dir.resolve("file"), "x").resolve("beneath");
        for (Path path : List.of(none, none.resolve("deep"), beneath)) {
            for (Action action : List.<Action>of(
                    () -> Files.readAttributes(path, BasicFileAttributes.class),
                    () -> Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS),
                    () -> Files.readAttributes(path, "unix:*"),
                    () -> Files.size(path),
                    () -> Files.getOwner(path))) {
                NoSuchFileException e = assertThrows(NoSuchFileException.class, action::run);
                assertEquals(path.toString(), e.getFile());
            }
        }
        assertThrows(NoSuchFileException.class, () -> Files.setLastModifiedTime(none, THEN));
        assertThrows(NoSuchFileException.class,
                () -> Files.setPosixFilePermissions(none, PosixFilePermissions.fromString("rw-------")));
        assertThrows(NoSuchFileException.class, () -> Files.setAttribute(none, "unix:uid", 1));
        assertThrows(NoSuchFileException.class, () -> Files.setAttribute(none, "user:x", new byte[1]));
    }

    private interface Action {
        void run() throws IOException;
    }

    @Test
    void views() {
        assertEquals("basic", Files.getFileAttributeView(dir, BasicFileAttributeView.class).name());
        assertEquals("posix", Files.getFileAttributeView(dir, PosixFileAttributeView.class).name());
        assertEquals("owner", Files.getFileAttributeView(dir, FileOwnerAttributeView.class).name());
        assertEquals("user", Files.getFileAttributeView(dir, UserDefinedFileAttributeView.class).name());
        assertNull(Files.getFileAttributeView(dir, AclFileAttributeView.class));
        assertTrue(dir.getFileSystem().supportedFileAttributeViews()
                .containsAll(Set.of("basic", "posix", "owner", "unix", "user")));
        assertThrows(UnsupportedOperationException.class,
                () -> Files.readAttributes(dir, OtherAttributes.class));
    }

    private interface OtherAttributes extends BasicFileAttributes {
    }

    @Test
    void userAttributes() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        UserDefinedFileAttributeView view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        assertEquals(List.of(), view.list());
        assertEquals(5, view.write("name", ByteBuffer.wrap("value".getBytes())));
        assertEquals(5, view.size("name"));
        assertEquals(List.of("name"), view.list());
        ByteBuffer direct = ByteBuffer.allocateDirect(100).position(3);
        assertEquals(5, view.read("name", direct));
        assertEquals(8, direct.position());
        assertThrows(FileSystemException.class, () -> view.read("name", ByteBuffer.allocate(4)));
        assertThrows(FileSystemException.class, () -> view.read("none", ByteBuffer.allocate(4)));
        assertThrows(FileSystemException.class, () -> view.size("none"));
        assertThrows(FileSystemException.class, () -> view.delete("none"));
        assertThrows(FileSystemException.class, () -> view.size("x".repeat(300)));
        assertThrows(IllegalArgumentException.class,
                () -> view.read("name", ByteBuffer.allocate(10).asReadOnlyBuffer()));
        view.write("name", ByteBuffer.wrap("longer value".getBytes()));
        assertEquals(12, view.size("name"));
        Files.setAttribute(file, "user:second", new byte[] {1, 2});
        Files.setAttribute(file, "user:third", ByteBuffer.wrap(new byte[] {3}));
        Map<String, Object> all = Files.readAttributes(file, "user:*");
        assertEquals(Set.of("name", "second", "third"), all.keySet());
        assertArrayEquals(new byte[] {1, 2}, (byte[]) all.get("second"));
        view.delete("name");
        assertEquals(Set.of("second", "third"), Set.copyOf(view.list()));
        view.write("a/b", ByteBuffer.wrap(new byte[] {4}));
        assertArrayEquals(new byte[] {4}, (byte[]) Files.getAttribute(file, "user:a/b"));
    }

    @Test
    void userAttributesOfDirectories() throws IOException {
        Files.setAttribute(dir, "user:mine", new byte[] {9});
        assertArrayEquals(new byte[] {9}, (byte[]) Files.getAttribute(dir, "user:mine"));
    }

    @Test
    void theStoreHasSpaceAndViews() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        FileStore store = Files.getFileStore(file);
        assertTrue(store.getTotalSpace() > 0);
        assertTrue(store.getUsableSpace() > 0);
        assertTrue(store.getUnallocatedSpace() >= store.getUsableSpace());
        assertTrue(store.getTotalSpace() >= store.getUnallocatedSpace());
        assertTrue(store.getBlockSize() >= 512);
        assertEquals(store.getTotalSpace(), store.getAttribute("totalSpace"));
        assertNotNull(store.getAttribute("usableSpace"));
        assertNotNull(store.getAttribute("unallocatedSpace"));
        assertThrows(UnsupportedOperationException.class, () -> store.getAttribute("none"));
        for (Class<? extends FileAttributeView> view : List.of(BasicFileAttributeView.class,
                PosixFileAttributeView.class, FileOwnerAttributeView.class, UserDefinedFileAttributeView.class)) {
            assertTrue(store.supportsFileAttributeView(view));
        }
        assertTrue(store.supportsFileAttributeView("unix"));
        assertFalse(store.supportsFileAttributeView("none"));
        assertFalse(store.isReadOnly());
        assertFalse(store.name().isEmpty());
        assertFalse(store.type().isEmpty());
        assertNull(store.getFileStoreAttributeView(java.nio.file.attribute.FileStoreAttributeView.class));
        assertThrows(NoSuchFileException.class, () -> Files.getFileStore(dir.resolve("none")));
    }
}
