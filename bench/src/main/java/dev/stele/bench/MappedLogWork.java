package dev.stele.bench;

import dev.stele.api.DaxMapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Stele's way to a durable record: copy it into the mapping and wait for its lines.
final class MappedLogWork extends Work {
    private final DaxMapping mapping;
    private final int recordBytes;
    private final MemorySegment record;
    private final long recordCount;
    private long next;
    private long value;

    MappedLogWork(DaxMapping mapping, Integer recordBytes) {
        this.mapping = mapping;
        this.recordBytes = recordBytes;
        this.record = Arena.ofAuto().allocate(recordBytes, Long.BYTES);
        this.recordCount = mapping.segment().byteSize() / recordBytes;
    }

    @Override
    void run(int operationCount) {
        for (int i = 0; i < operationCount; i++) {
            next = next + 1 == recordCount ? 0 : next + 1;
            record.set(ValueLayout.JAVA_LONG, 0, ++value);
            mapping.copyPersist(next * recordBytes, record, 0, recordBytes);
        }
    }

    @Override
    void check(int operationCount) {
        WrongResult.require(mapping.segment().asSlice(next * recordBytes, recordBytes).mismatch(record) == -1,
                "the last record is not there");
    }

    @Override
    public void close() throws Exception {
        mapping.close();
    }
}
