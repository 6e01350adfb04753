package dev.stele.bench;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// M4: a work that finds other than it should says so; each is given a reason here.
class SelfCheckTest {
    private static final int UNIT_BYTES = 4096;

    @TempDir
    Path directory;

    private static void assertWrong(Work work, int operationCount) {
        assertThrows(WrongResult.class, () -> {
            work.prepare(operationCount);
            work.run(operationCount);
            work.check(operationCount);
        });
    }

    private FileChannel file(long unitCount) throws Exception {
        FileChannel channel = FileChannel.open(directory.resolve("data"), Set.of(StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE));
        Filler.fill(channel, unitCount, UNIT_BYTES);
        return channel;
    }

    @Test
    void aUnitWithAnothersContent() throws Exception {
        try (ReadWork work = new ReadWork(file(1), 1L, UNIT_BYTES, 1L)) {
            work.run(10);
        }
        FileChannel channel = file(1);
        channel.write(ByteBuffer.wrap(new byte[] {1}), UNIT_BYTES - 1);
        try (ReadWork work = new ReadWork(channel, 1L, UNIT_BYTES, 1L)) {
            assertWrong(work, 1);
        }
    }

    @Test
    void aWriteThatSomebodyUndoes() throws Exception {
        FileChannel channel = file(1);
        try (OverwriteWork work = new OverwriteWork(channel, 1L, UNIT_BYTES, 1L)) {
            work.run(3);
            work.check(3);
            channel.write(ByteBuffer.allocate(8), 0);
            assertThrows(WrongResult.class, () -> work.check(3));
        }
    }

    @Test
    void anAppendThatSomebodyCutsOff() throws Exception {
        Path file = Files.createFile(directory.resolve("log"));
        try (AppendWork work = new AppendWork(file, Set.of(StandardOpenOption.APPEND), false, UNIT_BYTES, 1 << 20)) {
            work.prepare(4);
            work.run(4);
            work.check(4);
            try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
                other.truncate(3 * UNIT_BYTES);
            }
            assertThrows(WrongResult.class, () -> work.check(4));
        }
    }

    @Test
    void aCreatedFileThatIsGone() throws Exception {
        CreateWork work = new CreateWork(directory, 4);
        work.run(4);
        work.check(4);
        Files.delete(directory.resolve("file-3"));
        assertThrows(WrongResult.class, () -> work.check(4));
    }

    @Test
    void aDeletedFileThatIsBack() throws Exception {
        UnlinkWork work = new UnlinkWork(directory, 4);
        work.prepare(4);
        work.run(4);
        work.check(4);
        Files.createFile(directory.resolve("file-3"));
        assertThrows(WrongResult.class, () -> work.check(4));
    }

    @Test
    void aRenamedFileUnderItsOldName() throws Exception {
        RenameWork work = new RenameWork(directory, 4);
        work.run(6);
        work.check(6);
        Files.createFile(directory.resolve("there-1"));
        assertThrows(WrongResult.class, () -> work.check(6));
    }

    @Test
    void aDirectoryThatIsAFile() throws Exception {
        MkdirWork work = new MkdirWork(directory, 2);
        work.run(2);
        work.check(2);
        Files.delete(directory.resolve("directory-1"));
        Files.createFile(directory.resolve("directory-1"));
        assertThrows(WrongResult.class, () -> work.check(2));
    }

    @Test
    void anAttributeOfAnother() throws Exception {
        StatWork work = new StatWork(directory, 4, 1L);
        work.run(20);
        for (int i = 0; i < 4; i++) {
            Files.write(directory.resolve("file-" + i), new byte[100]);
        }
        assertWrong(work, 1);
    }

    @Test
    void aListingThatIsTooShort() throws Exception {
        ListWork work = new ListWork(directory, 5);
        work.run(1);
        Files.delete(directory.resolve("file-2"));
        assertWrong(work, 1);
    }

    @Test
    void wordsThatAreNotThere() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(1 << 12, 8);
            MapLoadWork loads = new MapLoadWork(() -> { }, segment, 1L);
            loads.run(100);
            segment.fill((byte) 5);
            assertWrong(loads, 100);
            MapStoreWork stores = new MapStoreWork(() -> { }, segment, 1L);
            stores.run(100);
            stores.check(100);
            segment.fill((byte) 5);
            assertThrows(WrongResult.class, () -> stores.check(100));
        }
    }

    @Test
    void aRecordThatIsNotThere() throws Exception {
        FileChannel channel = file(1);
        try (ChannelLogWork work = new ChannelLogWork(channel, 128)) {
            work.run(3);
            work.check(3);
            channel.write(ByteBuffer.allocate(UNIT_BYTES), 0);
            assertThrows(WrongResult.class, () -> work.check(3));
        }
    }

    @Test
    void aMappedRecordThatIsNotThere() throws Exception {
        try (PeerMapping mapping = PeerMapping.of(file(1), UNIT_BYTES)) {
            MappedForceWork work = new MappedForceWork(() -> { }, mapping.segment(), 128);
            work.run(3);
            work.check(3);
            mapping.segment().set(ValueLayout.JAVA_LONG, 3 * 128, 0);
            assertThrows(WrongResult.class, () -> work.check(3));
        }
    }

    @Test
    void aCopyOfAnother() throws Exception {
        try (PeerMapping mapping = PeerMapping.of(file(2), 2 * UNIT_BYTES)) {
            RawReadWork reads = new RawReadWork(() -> { }, mapping.segment(), UNIT_BYTES, 1L);
            reads.run(10);
            RawWriteWork writes = new RawWriteWork(() -> { }, mapping.segment(), UNIT_BYTES, 1L);
            writes.run(10);
            writes.check(10);
            mapping.segment().fill((byte) 5);
            assertThrows(WrongResult.class, () -> writes.check(10));
            assertWrong(reads, 1);
        }
    }

    /// H2 keeps what it knows of the file in memory: only a store opened anew sees what is there.
    @Test
    void anEntryThatTheFileDoesNotHave() throws Exception {
        Path file = directory.resolve("store");
        H2CommitWork work = new H2CommitWork(file);
        work.run(2);
        work.check(2);
        Files.delete(file);
        assertThrows(WrongResult.class, work::close);
    }
}
