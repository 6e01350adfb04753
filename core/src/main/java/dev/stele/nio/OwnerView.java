package dev.stele.nio;

import java.io.IOException;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;

/// The view `owner`: the owner of [PosixView] alone.
final class OwnerView implements FileOwnerAttributeView, NamedView {
    private final PosixView posix;

    OwnerView(Subject subject) {
        this.posix = new PosixView(subject);
    }

    @Override
    public String name() {
        return "owner";
    }

    @Override
    public UserPrincipal getOwner() throws IOException {
        return posix.getOwner();
    }

    @Override
    public void setOwner(UserPrincipal owner) throws IOException {
        posix.setOwner(owner);
    }

    @Override
    public Map<String, Object> read(String[] wanted) throws IOException {
        AttributeTable.OWNER.check(wanted);
        return AttributeTable.OWNER.read(wanted, posix.readAttributes());
    }

    @Override
    public void set(String attribute, Object value) throws IOException {
        if (!attribute.equals("owner")) {
            throw new IllegalArgumentException("'" + name() + ":" + attribute + "' not recognized");
        }
        setOwner((UserPrincipal) value);
    }
}
