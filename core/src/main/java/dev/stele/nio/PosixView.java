package dev.stele.nio;

import dev.stele.node.AttributeChange;
import java.io.IOException;
import java.nio.file.ProviderMismatchException;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Objects;
import java.util.Set;

/// The view `posix`.
sealed class PosixView extends BasicView implements PosixFileAttributeView permits UnixView {
    PosixView(Subject subject) {
        super(subject);
    }

    @Override
    public String name() {
        return "posix";
    }

    @Override
    AttributeTable table() {
        return AttributeTable.POSIX;
    }

    @Override
    public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
        subject.change(new AttributeChange().permissions(Permissions.bits(permissions)));
    }

    @Override
    public UserPrincipal getOwner() throws IOException {
        return readAttributes().owner();
    }

    @Override
    public void setOwner(UserPrincipal owner) throws IOException {
        subject.change(new AttributeChange().uid(uid(owner)));
    }

    private static int uid(UserPrincipal owner) throws IOException {
        if (!(Objects.requireNonNull(owner, "'owner' is null") instanceof Principals.User user)) {
            throw new ProviderMismatchException();
        }
        if (user instanceof Principals.Group) {
            throw new IOException("'owner' parameter can't be a group");
        }
        return user.id();
    }

    @Override
    public void setGroup(GroupPrincipal group) throws IOException {
        if (!(Objects.requireNonNull(group, "'group' is null") instanceof Principals.Group own)) {
            throw new ProviderMismatchException();
        }
        subject.change(new AttributeChange().gid(own.id()));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void set(String attribute, Object value) throws IOException {
        switch (attribute) {
            case "permissions" -> setPermissions((Set<PosixFilePermission>) value);
            case "owner" -> setOwner((UserPrincipal) value);
            case "group" -> setGroup((GroupPrincipal) value);
            default -> super.set(attribute, value);
        }
    }
}
