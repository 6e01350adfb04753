package dev.stele.cli;

import dev.stele.nio.DaxFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What a file is and what a faithful copy of it must carry; read at once through the attribute view `unix`, which the
/// host's provider and volumes both have.
///
/// @param mode type and permission bits
record FileFacts(Type type, int mode, int linkCount, int uid, int gid, long sizeBytes, long device, long inode,
        FileTime accessed, FileTime modified) {
    private static final LinkOption[] FOLLOW = {};
    private static final LinkOption[] NO_FOLLOW = {LinkOption.NOFOLLOW_LINKS};

    enum Type {
        REGULAR("regular file", '-'), DIRECTORY("directory", 'd'), SYMLINK("symbolic link", 'l'), FIFO("fifo", 'p'),
        SOCKET("socket", 's'), CHARACTER_DEVICE("character device", 'c'), BLOCK_DEVICE("block device", 'b');

        private final String label;
        private final char letter;

        Type(String label, char letter) {
            this.label = label;
            this.letter = letter;
        }

        String label() {
            return label;
        }

        /// As `ls -l` shows it.
        char letter() {
            return letter;
        }

        static Type ofMode(int mode) {
            return switch (mode >>> 12 & 15) {
                case 1 -> FIFO;
                case 2 -> CHARACTER_DEVICE;
                case 4 -> DIRECTORY;
                case 6 -> BLOCK_DEVICE;
                case 10 -> SYMLINK;
                case 12 -> SOCKET;
                default -> REGULAR;
            };
        }
    }

    static FileFacts of(Path path, boolean follow) throws IOException {
        Map<String, Object> facts = Files.readAttributes(path,
                "unix:mode,nlink,uid,gid,size,ino,dev,lastAccessTime,lastModifiedTime", follow ? FOLLOW : NO_FOLLOW);
        int mode = (int) facts.get("mode");
        return new FileFacts(Type.ofMode(mode), mode, (int) facts.get("nlink"), (int) facts.get("uid"),
                (int) facts.get("gid"), (long) facts.get("size"), (long) facts.get("dev"), (long) facts.get("ino"),
                (FileTime) facts.get("lastAccessTime"), (FileTime) facts.get("lastModifiedTime"));
    }

    /// Equal for two names of one file.
    Object identity() {
        return List.of(device, inode);
    }

    boolean hasOtherNames() {
        return type != Type.DIRECTORY && linkCount > 1;
    }

    int permissions() {
        return mode & 07777;
    }

    Map<String, Object> toJson() {
        return Json.object("inode", inode(), "type", type.label(), "mode", String.format("%04o", permissions()),
                "links", linkCount, "uid", uid, "gid", gid, "size", sizeBytes,
                "accessed", accessed.toString(), "modified", modified.toString());
    }

    /// `drwxr-xr-x`, with the letters of set-id and sticky bits.
    String modeLetters() {
        StringBuilder letters = new StringBuilder().append(type.letter());
        for (int shift = 6; shift >= 0; shift -= 3) {
            letters.append((mode >>> shift & 4) != 0 ? 'r' : '-').append((mode >>> shift & 2) != 0 ? 'w' : '-')
                    .append(executeLetter(shift));
        }
        return letters.toString();
    }

    private char executeLetter(int shift) {
        boolean execute = (mode >>> shift & 1) != 0;
        boolean special = (mode & (shift == 6 ? 04000 : shift == 3 ? 02000 : 01000)) != 0;
        if (!special) {
            return execute ? 'x' : '-';
        }
        char letter = shift == 0 ? 't' : 's';
        return execute ? letter : Character.toUpperCase(letter);
    }

    /// Gives `target` the extended attributes, owner, mode and times of `source`. Owner and attributes that the host
    /// refuses to an ordinary user are left out, as `cp -a` does.
    void applyTo(Path source, Path target, boolean follow) throws IOException {
        if (type != Type.SYMLINK) {
            copyUserAttributes(source, target);
        }
        trySet(target, "unix:uid", uid);
        trySet(target, "unix:gid", gid);
        if (type != Type.SYMLINK) {
            Files.setAttribute(target, "unix:mode", permissions());
        }
        Files.getFileAttributeView(target, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(settable(target, modified), settable(target, accessed), null);
    }

    /// The JDK sets 1970 on the host for what is before it and no whole second.
    private static FileTime settable(Path target, FileTime time) {
        boolean isExact = target.getFileSystem() instanceof DaxFileSystem || time.toMillis() >= 0;
        return isExact ? time : FileTime.from(Math.floorDiv(time.toMillis(), 1000L), TimeUnit.SECONDS);
    }

    private static void trySet(Path target, String attribute, int value) {
        try {
            Files.setAttribute(target, attribute, value, LinkOption.NOFOLLOW_LINKS);
        } catch (FileSystemException e) {
            // Only the superuser gives files away on the host.
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void copyUserAttributes(Path source, Path target) throws IOException {
        UserDefinedFileAttributeView from = Files.getFileAttributeView(source, UserDefinedFileAttributeView.class);
        UserDefinedFileAttributeView to = Files.getFileAttributeView(target, UserDefinedFileAttributeView.class);
        if (from == null || to == null) {
            return;
        }
        for (String name : namesOf(from)) {
            ByteBuffer value = ByteBuffer.allocateDirect(from.size(name));
            from.read(name, value);
            to.write(name, value.flip());
        }
    }

    private static List<String> namesOf(UserDefinedFileAttributeView view) throws IOException {
        try {
            return view.list();
        } catch (FileSystemException e) {
            return List.of(); // the host's file system has none
        }
    }
}
