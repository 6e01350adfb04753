package dev.stele.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The JDK's way to a durable record: store it to a mapping and force that range of it.
final class MappedForceWork extends Work {
    private final AutoCloseable mapping;
    private final MemorySegment segment;
    private final int recordBytes;
    private final MemorySegment record;
    private final long recordCount;
    private long next;
    private long value;

    MappedForceWork(AutoCloseable mapping, MemorySegment segment, Integer recordBytes) {
        this.mapping = mapping;
        this.segment = segment;
        this.recordBytes = recordBytes;
        this.record = Arena.ofAuto().allocate(recordBytes, Long.BYTES);
        this.recordCount = segment.byteSize() / recordBytes;
    }

    /// Each may wait for a journal.
    @Override
    int warmUpOperations() {
        return 0;
    }

    @Override
    void run(int operationCount) {
        for (int i = 0; i < operationCount; i++) {
            next = next + 1 == recordCount ? 0 : next + 1;
            long at = next * recordBytes;
            record.set(ValueLayout.JAVA_LONG, 0, ++value);
            MemorySegment.copy(record, 0, segment, at, recordBytes);
            segment.asSlice(at, recordBytes).force();
        }
    }

    @Override
    void check(int operationCount) {
        WrongResult.require(segment.asSlice(next * recordBytes, recordBytes).mismatch(record) == -1,
                "the last record is not there");
    }

    @Override
    public void close() throws Exception {
        mapping.close();
    }
}
