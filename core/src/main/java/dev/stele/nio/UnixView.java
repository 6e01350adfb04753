package dev.stele.nio;

import dev.stele.node.AttributeChange;
import java.io.IOException;

/// The view `unix`, with the names that the JDK's provider gives it.
final class UnixView extends PosixView {
    UnixView(Subject subject) {
        super(subject);
    }

    @Override
    public String name() {
        return "unix";
    }

    @Override
    AttributeTable table() {
        return AttributeTable.UNIX;
    }

    @Override
    public void set(String attribute, Object value) throws IOException {
        switch (attribute) {
            case "mode" -> subject.change(new AttributeChange().permissions((Integer) value));
            case "uid" -> subject.change(new AttributeChange().uid((Integer) value));
            case "gid" -> subject.change(new AttributeChange().gid((Integer) value));
            default -> super.set(attribute, value);
        }
    }
}
