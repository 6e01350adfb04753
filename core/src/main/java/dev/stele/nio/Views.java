package dev.stele.nio;

import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Objects;
import java.util.Set;

/// The attribute views there are, by class and by name.
final class Views {
    static final Set<String> NAMES = Set.of("basic", "posix", "unix", "owner", "user");

    private Views() {
    }

    /// @return null where there is no such view
    static <V extends FileAttributeView> V of(Class<V> type, Subject subject) {
        Objects.requireNonNull(type);
        FileAttributeView view = type == BasicFileAttributeView.class ? new BasicView(subject)
                : type == PosixFileAttributeView.class ? new PosixView(subject)
                : type == FileOwnerAttributeView.class ? new OwnerView(subject)
                : type == UserDefinedFileAttributeView.class ? new UserView(subject)
                : null;
        return type.cast(view);
    }

    /// @throws UnsupportedOperationException where there is no such view
    static NamedView of(String name, Subject subject) {
        return switch (name) {
            case "basic" -> new BasicView(subject);
            case "posix" -> new PosixView(subject);
            case "unix" -> new UnixView(subject);
            case "owner" -> new OwnerView(subject);
            case "user" -> new UserView(subject);
            default -> throw new UnsupportedOperationException("View '" + name + "' not available");
        };
    }
}
