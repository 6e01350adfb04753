package dev.stele.bench;

import com.sun.nio.file.ExtendedOpenOption;
import dev.stele.api.DaxFile;
import dev.stele.api.DaxMapping;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The directories of one row, in every file system that takes part; they go when it is closed. Any thread may make
/// one.
final class Site implements AutoCloseable {
    private static final String FILE = "data";

    private final Bed bed;
    private final String name;
    private final Bed.Sizes sizes;
    private final Queue<Path> directories = new ConcurrentLinkedQueue<>();

    Site(Bed bed, String name) {
        this(bed, name, bed.sizes());
    }

    Site(Bed bed, String name, Bed.Sizes sizes) {
        this.bed = bed;
        this.name = name;
        this.sizes = sizes;
    }

    Bed bed() {
        return bed;
    }

    Bed.Sizes sizes() {
        return sizes;
    }

    boolean has(String who) {
        return bed.root(who).isPresent();
    }

    /// A fresh directory.
    ///
    /// @param who a contender's name
    /// @param instance tells those of one contender apart
    Path directory(String who, int instance) throws IOException {
        Path directory = Files.createDirectory(place(who, instance));
        directories.add(directory);
        return directory;
    }

    private Path place(String who, int instance) throws IOException {
        Path root = bed.root(who).orElseThrow(() -> new IOException(who + " is not here"));
        return root.resolve(name + "-" + who + "-" + instance);
    }

    /// A fresh file of units that say which they are, opened.
    FileChannel file(String who, int instance, long sizeBytes, int unitBytes, OpenOption... options)
            throws IOException {
        return FileChannel.open(filled(who, instance, sizeBytes, unitBytes), options);
    }

    private Path filled(String who, int instance, long sizeBytes, int unitBytes, OpenOption... options)
            throws IOException {
        Path file = directory(who, instance).resolve(FILE);
        Set<OpenOption> all = new HashSet<>(List.of(options));
        all.add(StandardOpenOption.CREATE_NEW);
        all.add(StandardOpenOption.WRITE);
        try (FileChannel writer = FileChannel.open(file, all)) {
            Filler.fill(writer, sizeBytes / unitBytes, unitBytes);
            writer.force(true);
        }
        return file;
    }

    /// A fresh empty file.
    Path emptyFile(String who, int instance) throws IOException {
        return Files.createFile(directory(who, instance).resolve(FILE));
    }

    /// A fresh file of the volume, mapped.
    DaxMapping mapping(int instance, long sizeBytes, MapOption... options) throws IOException {
        return map(directory(Contender.STELE, instance), sizeBytes, options);
    }

    /// The same file, mapped once more: the same bytes at the same addresses.
    DaxMapping sameMapping(int instance, long sizeBytes, MapOption... options) throws IOException {
        return map(place(Contender.STELE, instance), sizeBytes, options);
    }

    private DaxMapping map(Path directory, long sizeBytes, MapOption... options) throws IOException {
        try (DaxFile opened = bed.stele().file(directory.resolve(FILE).toString())) {
            return opened.map(MapMode.READ_WRITE, 0, sizeBytes, options);
        }
    }

    /// A fresh file of a peer, mapped by the JDK and every page of it there.
    PeerMapping jdkMapping(String who, int instance, long sizeBytes) throws IOException {
        try (FileChannel channel = file(who, instance, sizeBytes, 1 << 16, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            return PeerMapping.of(channel, sizeBytes);
        }
    }

    /// The same, of a file that was written past the page cache: its pages come there when they are mapped, one by one,
    /// and not in the large pieces that writing leaves.
    PeerMapping readMapping(String who, int instance, long sizeBytes) throws IOException {
        Path file = filled(who, instance, sizeBytes, 1 << 16, ExtendedOpenOption.DIRECT);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return PeerMapping.of(channel, sizeBytes);
        }
    }

    /// A fresh file on tmpfs, mapped with huge pages: the floor.
    ///
    /// @param unitBytes what it is full of, see [Filler]
    PeerMapping floorMapping(int instance, long sizeBytes, int unitBytes) throws IOException {
        return PeerMapping.withHugePages(filled(Peer.RAW_MEMORY, instance, sizeBytes, unitBytes), sizeBytes);
    }

    @Override
    public void close() throws IOException {
        for (Path each : directories) {
            Trees.delete(each);
        }
    }
}
