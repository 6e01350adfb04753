package dev.stele.nio;

import dev.stele.node.AttributeChange;
import java.io.IOException;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The view `basic`, and the start of `posix` and `unix`.
sealed class BasicView implements BasicFileAttributeView, NamedView permits PosixView {
    final Subject subject;

    BasicView(Subject subject) {
        this.subject = subject;
    }

    @Override
    public String name() {
        return "basic";
    }

    AttributeTable table() {
        return AttributeTable.BASIC;
    }

    @Override
    public DaxAttributes readAttributes() throws IOException {
        return subject.attributes();
    }

    @Override
    public final Map<String, Object> read(String[] wanted) throws IOException {
        table().check(wanted);
        return table().read(wanted, readAttributes());
    }

    /// Times beyond the years 1677 to 2262 become the nearest that can be kept. The time of creation can be set too.
    @Override
    public void setTimes(FileTime modified, FileTime accessed, FileTime created) throws IOException {
        AttributeChange change = new AttributeChange();
        if (modified != null) {
            change.modifyTimeNanos(modified.to(TimeUnit.NANOSECONDS));
        }
        if (accessed != null) {
            change.accessTimeNanos(accessed.to(TimeUnit.NANOSECONDS));
        }
        if (created != null) {
            change.birthTimeNanos(created.to(TimeUnit.NANOSECONDS));
        }
        if (!change.isEmpty()) {
            subject.change(change);
        }
    }

    @Override
    public void set(String attribute, Object value) throws IOException {
        switch (attribute) {
            case "lastModifiedTime" -> setTimes((FileTime) value, null, null);
            case "lastAccessTime" -> setTimes(null, (FileTime) value, null);
            case "creationTime" -> setTimes(null, null, (FileTime) value);
            default -> throw new IllegalArgumentException("'" + name() + ":" + attribute + "' not recognized");
        }
    }
}
