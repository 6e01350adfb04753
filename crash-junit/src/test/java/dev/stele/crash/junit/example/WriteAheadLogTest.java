package dev.stele.crash.junit.example;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.api.PersistentMemory;
import dev.stele.crash.junit.Check;
import dev.stele.crash.junit.Crash;
import dev.stele.crash.junit.CrashLab;
import dev.stele.crash.junit.CrashTest;
import dev.stele.crash.junit.Model;
import dev.stele.crash.junit.Recover;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// A log of one fence for each record: what a cut tears is told by its checksum, so that order is of no matter.
class WriteAheadLogTest {
    /// Records of a length, a checksum and bytes, one after the other at multiples of 8; the first that is not whole
    /// ends the log.
    static final class WriteAheadLog {
        private static final long HEADER_BYTES = 8;

        private final PersistentMemory memory;
        private final List<String> records = new ArrayList<>();
        private long end;

        private WriteAheadLog(PersistentMemory memory) {
            this.memory = memory;
        }

        static WriteAheadLog open(PersistentMemory memory) {
            WriteAheadLog log = new WriteAheadLog(memory);
            while (log.readNext()) {
                // All that there is.
            }
            return log;
        }

        private boolean readNext() {
            MemorySegment segment = memory.segment();
            int byteCount = segment.get(JAVA_INT, end);
            if (byteCount <= 0 || byteCount > segment.byteSize() - end - HEADER_BYTES
                    || segment.get(JAVA_INT, end + 4) != checksum(byteCount)) {
                return false;
            }
            byte[] bytes = segment.asSlice(end + HEADER_BYTES, byteCount).toArray(JAVA_BYTE);
            records.add(new String(bytes, StandardCharsets.UTF_8));
            end = next(byteCount);
            return true;
        }

        /// Covers the place as well, so that an old record that another ends in front of is not taken for the next.
        private int checksum(int byteCount) {
            CRC32C checksum = new CRC32C();
            checksum.update(Math.toIntExact(end >>> 3));
            checksum.update(byteCount);
            checksum.update(memory.segment().asSlice(end + HEADER_BYTES, byteCount).asByteBuffer());
            return (int) checksum.getValue();
        }

        private long next(int byteCount) {
            return end + HEADER_BYTES + byteCount + 7 & -8L;
        }

        void append(String record) {
            byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
            MemorySegment.copy(bytes, 0, memory.segment(), JAVA_BYTE, end + HEADER_BYTES, bytes.length);
            memory.segment().set(JAVA_INT, end, bytes.length);
            memory.segment().set(JAVA_INT, end + 4, checksum(bytes.length));
            memory.persist(end, HEADER_BYTES + bytes.length);
            records.add(record);
            end = next(bytes.length);
        }

        List<String> records() {
            return records;
        }
    }

    private static final List<String> ALL = List.of("a short one", "longer than a line, ".repeat(4), "last");

    private static void work(PersistentMemory memory, CrashLab lab) {
        WriteAheadLog log = WriteAheadLog.open(memory);
        ALL.forEach(record -> lab.step(record, () -> log.append(record)));
    }

    @CrashTest
    void standsAnyLossOfWords(PersistentMemory memory, CrashLab lab) {
        work(memory, lab);
    }

    @CrashTest(model = Model.BULK)
    void standsTornBytes(PersistentMemory memory, CrashLab lab) {
        work(memory, lab);
    }

    @CrashTest(model = Model.EADR)
    void standsPersistentCaches(PersistentMemory memory, CrashLab lab) {
        work(memory, lab);
    }

    @Recover
    WriteAheadLog recover(PersistentMemory memory) {
        return WriteAheadLog.open(memory);
    }

    @Check
    void holdsWhatWasAppendedInOrder(WriteAheadLog log, PersistentMemory memory, Crash crash) {
        int count = log.records().size();
        assertTrue(count >= crash.completed().size() && count <= ALL.size(), log.records()::toString);
        assertEquals(ALL.subList(0, count), log.records());
        log.append("after the crash");
        assertEquals(log.records(), WriteAheadLog.open(memory).records(), "and it can be used");
    }
}
