package dev.stele.dirty;

/// Joins lines that follow one another, across pages, into one call of the flusher.
final class LineRun {
    private static final int LINE_BYTES = 64;
    private static final int LINES_PER_PAGE = 64;

    private final Flusher flusher;
    private long firstLine;
    private long lineCount;
    private long flushedCount;

    LineRun(Flusher flusher) {
        this.flusher = flusher;
    }

    void add(long page, long lines) {
        long left = lines;
        long base = page * LINES_PER_PAGE;
        while (left != 0) {
            int from = Long.numberOfTrailingZeros(left);
            int count = Long.numberOfTrailingZeros(~(left >>> from));
            addLines(base + from, count);
            left = from + count == LINES_PER_PAGE ? 0 : left & -1L << from + count;
        }
    }

    /// Whole pages.
    void addPages(long firstPage, int pageCount) {
        addLines(firstPage * LINES_PER_PAGE, pageCount * LINES_PER_PAGE);
    }

    private void addLines(long line, int count) {
        if (line != firstLine + lineCount) {
            end();
            firstLine = line;
        }
        lineCount += count;
    }

    /// Flushes what is left.
    void end() {
        if (lineCount > 0) {
            flusher.flush(firstLine * LINE_BYTES, lineCount * LINE_BYTES);
            flushedCount += lineCount;
            lineCount = 0;
        }
    }

    /// Number of lines flushed so far.
    long lineCount() {
        return flushedCount;
    }
}
