package dev.stele.cli;

import dev.stele.nio.DaxFileSystem;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The volumes that one command has open. Each is opened once, however many operands name it, and closed at the end.
final class Session implements AutoCloseable {
    /// Open file systems of this process and the image as the user wrote it, so that messages say the same.
    private static final Map<FileSystem, Path> NAMES = new ConcurrentHashMap<>();

    private final Map<Path, FileSystem> open = new LinkedHashMap<>();

    /// The path of an operand that is only read.
    Path reading(Operand operand) {
        return path(operand, true);
    }

    /// The path of an operand that may be changed. Where a command reads and writes, ask for this one first.
    Path writing(Operand operand) {
        return path(operand, false);
    }

    private Path path(Operand operand, boolean readOnly) {
        return switch (operand) {
            case Operand.Host host -> host.path();
            case Operand.Inside inside -> fileSystem(inside.image(), readOnly).getPath(inside.path());
        };
    }

    FileSystem fileSystem(Path image, boolean readOnly) {
        Path real = realPath(image);
        return open.computeIfAbsent(real, at -> open(image, at, readOnly));
    }

    private static Path realPath(Path image) {
        try {
            return image.toRealPath();
        } catch (NoSuchFileException e) {
            throw new CommandFailure(image + ": no such image; `stele mkfs " + image + " 1G` makes one", e);
        } catch (IOException e) {
            throw new CommandFailure(image + ": " + Failures.describe(e), e);
        }
    }

    private static FileSystem open(Path named, Path image, boolean readOnly) {
        if (Files.isDirectory(image)) {
            throw new CommandFailure(named + ": is a directory, not an image");
        }
        URI uri = URI.create("dax://" + image.toUri().getRawPath());
        FileSystem opened = Failures.naming(named, () -> FileSystems.newFileSystem(uri, Map.of("readOnly", readOnly)));
        NAMES.put(opened, named);
        return opened;
    }

    /// The volume that a path is in.
    static Volume volumeOf(Path path) {
        return ((DaxFileSystem) path.getFileSystem()).volume();
    }

    /// The path as the user writes it: inside a volume with the image before it.
    static String display(Path path) {
        return display(path, path.toString());
    }

    /// A name as a failure gives it, of the same file system as `near`.
    static String display(Path near, String name) {
        Path image = NAMES.get(near.getFileSystem());
        return image == null ? name : image + ":" + name;
    }

    @Override
    public void close() {
        CommandFailure first = null;
        for (Map.Entry<Path, FileSystem> each : open.entrySet()) {
            try {
                NAMES.remove(each.getValue());
                each.getValue().close();
            } catch (IOException | RuntimeException e) {
                first = new CommandFailure(each.getKey() + ": closing failed, the last changes may be lost: "
                        + Failures.describe(e), e);
            }
        }
        open.clear();
        if (first != null) {
            throw first;
        }
    }
}
