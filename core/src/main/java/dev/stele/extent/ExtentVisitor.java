package dev.stele.extent;

/// Is shown the extents of a file, one by one, in order.
public interface ExtentVisitor {
    /// @param fileBlock block of the file it begins at
    /// @param start block on the medium
    /// @param count number of blocks
    /// @param unwritten whether they are owned but read as zeros
    void visit(long fileBlock, long start, long count, boolean unwritten);
}
