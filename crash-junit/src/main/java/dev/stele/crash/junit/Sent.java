package dev.stele.crash.junit;

/// A line that a thread has sent on its way and not drained.
///
/// @param sequence behind the last store that a flush took along; [#STREAMED] for what this thread has streamed
record Sent(int line, Thread thread, long sequence, Site at) {
    static final long STREAMED = -1;
    /// Everything, whoever stored it.
    static final long ALL = Long.MAX_VALUE;

    boolean takes(Change change) {
        if (sequence == ALL) {
            return true;
        }
        return sequence == STREAMED
                ? change.isStreamed() && change.owner() == thread
                : !change.isStreamed() && change.sequence() < sequence;
    }
}
