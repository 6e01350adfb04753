package dev.stele.nio;

import dev.stele.volume.Volume;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Objects;
import java.util.Set;

/// The volume as a store. Attributes: `totalSpace`, `usableSpace`, `unallocatedSpace`, `blockSize`, `uuid`, `label`.
final class DaxFileStore extends FileStore {
    private static final Set<Class<? extends FileAttributeView>> VIEWS = Set.of(BasicFileAttributeView.class,
            PosixFileAttributeView.class, FileOwnerAttributeView.class, UserDefinedFileAttributeView.class);

    private final DaxFileSystem fileSystem;

    DaxFileStore(DaxFileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    /// Where the volume is.
    @Override
    public String name() {
        return fileSystem.location();
    }

    @Override
    public String type() {
        return "stele";
    }

    @Override
    public boolean isReadOnly() {
        return fileSystem.isReadOnly();
    }

    @Override
    public long getTotalSpace() throws IOException {
        Volume.Statistics statistics = statistics();
        return bytes(statistics.blockCount(), statistics);
    }

    @Override
    public long getUsableSpace() throws IOException {
        return getUnallocatedSpace();
    }

    @Override
    public long getUnallocatedSpace() throws IOException {
        Volume.Statistics statistics = statistics();
        return bytes(statistics.freeBlocks(), statistics);
    }

    @Override
    public long getBlockSize() throws IOException {
        return statistics().blockSizeBytes();
    }

    private static long bytes(long blockCount, Volume.Statistics statistics) {
        return blockCount * statistics.blockSizeBytes();
    }

    private Volume.Statistics statistics() throws IOException {
        return fileSystem.call(null, null, Volume::statistics);
    }

    @Override
    public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
        return VIEWS.contains(Objects.requireNonNull(type));
    }

    @Override
    public boolean supportsFileAttributeView(String name) {
        return fileSystem.supportedFileAttributeViews().contains(Objects.requireNonNull(name));
    }

    @Override
    public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
        Objects.requireNonNull(type);
        return null;
    }

    @Override
    public Object getAttribute(String attribute) throws IOException {
        return switch (attribute) {
            case "totalSpace" -> getTotalSpace();
            case "usableSpace" -> getUsableSpace();
            case "unallocatedSpace" -> getUnallocatedSpace();
            case "blockSize" -> getBlockSize();
            case "uuid" -> fileSystem.call(null, null, Volume::uuid);
            case "label" -> fileSystem.call(null, null, Volume::label);
            default -> throw new UnsupportedOperationException("'" + attribute + "' not recognized");
        };
    }

    @Override
    public String toString() {
        return name() + " (" + type() + ")";
    }
}
