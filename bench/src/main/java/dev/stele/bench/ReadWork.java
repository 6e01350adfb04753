package dev.stele.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/// Reads units of a file at random places into a direct buffer. The file was made by [Filler].
final class ReadWork extends Work {
    private final FileChannel channel;
    private final long unitCount;
    private final int unitBytes;
    private final ByteBuffer buffer;
    private long state;

    ReadWork(FileChannel channel, Long unitCount, Integer unitBytes, Long seed) {
        this.channel = channel;
        this.unitCount = unitCount;
        this.unitBytes = unitBytes;
        this.buffer = ByteBuffer.allocateDirect(unitBytes).order(ByteOrder.nativeOrder());
        this.state = seed;
    }

    @Override
    int warmUpOperations() {
        return unitBytes <= Rows.BLOCK_BYTES ? Slices.WARM_UP_OPERATIONS : 0;
    }

    @Override
    void run(int operationCount) throws Exception {
        for (int i = 0; i < operationCount; i++) {
            state = Places.next(state);
            long unit = Places.index(state, unitCount);
            buffer.clear();
            int count = channel.read(buffer, unit * unitBytes);
            long mark = Places.mark(unit);
            if (count != unitBytes || buffer.getLong(0) != mark
                    || buffer.getLong(unitBytes - Long.BYTES) != mark) {
                throw new WrongResult("unit " + unit + " reads wrong, " + count + " bytes");
            }
        }
    }

    @Override
    public void close() throws Exception {
        channel.close();
    }
}
