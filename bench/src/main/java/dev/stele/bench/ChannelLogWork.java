package dev.stele.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/// Records written one after the other into a file that has its full size, each followed by `force(false)`.
final class ChannelLogWork extends Work {
    private final FileChannel channel;
    private final int recordBytes;
    private final long recordCount;
    private final ByteBuffer record;
    private final ByteBuffer readBack;
    private long next;
    private long value;

    ChannelLogWork(FileChannel channel, Integer recordBytes) throws Exception {
        this.channel = channel;
        this.recordBytes = recordBytes;
        this.recordCount = channel.size() / recordBytes;
        this.record = ByteBuffer.allocateDirect(recordBytes).order(ByteOrder.nativeOrder());
        this.readBack = ByteBuffer.allocateDirect(recordBytes).order(ByteOrder.nativeOrder());
    }

    /// Each waits for a journal.
    @Override
    int warmUpOperations() {
        return 0;
    }

    @Override
    void run(int operationCount) throws Exception {
        for (int i = 0; i < operationCount; i++) {
            next = next + 1 == recordCount ? 0 : next + 1;
            record.clear();
            record.putLong(0, ++value);
            channel.write(record, next * recordBytes);
            channel.force(false);
        }
    }

    @Override
    void check(int operationCount) throws Exception {
        readBack.clear();
        channel.read(readBack, next * recordBytes);
        WrongResult.require(readBack.getLong(0) == value, "the last record is not there");
    }

    @Override
    public void close() throws Exception {
        channel.close();
    }
}
