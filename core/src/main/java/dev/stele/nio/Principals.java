package dev.stele.nio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.HashMap;
import java.util.Map;

/// Users and groups: numbers on the medium, names by the host's `/etc/passwd` and `/etc/group`. A number without a name
/// is its own name, and a name that is a number means that number.
final class Principals extends UserPrincipalLookupService {
    static final Principals INSTANCE = new Principals();

    private final Accounts users = new Accounts(Path.of("/etc/passwd"));
    private final Accounts groups = new Accounts(Path.of("/etc/group"));

    private Principals() {
    }

    UserPrincipal user(int uid) {
        return new User(uid, users.name(uid));
    }

    GroupPrincipal group(int gid) {
        return new Group(gid, groups.name(gid));
    }

    @Override
    public UserPrincipal lookupPrincipalByName(String name) throws IOException {
        return new User(users.id(name), name);
    }

    @Override
    public GroupPrincipal lookupPrincipalByGroupName(String group) throws IOException {
        return new Group(groups.id(group), group);
    }

    static class User implements UserPrincipal {
        private final int id;
        private final String name;

        User(int id, String name) {
            this.id = id;
            this.name = name;
        }

        int id() {
            return id;
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public final boolean equals(Object other) {
            return other instanceof User that && that.id == id && that.getClass() == getClass();
        }

        @Override
        public final int hashCode() {
            return id;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static final class Group extends User implements GroupPrincipal {
        Group(int id, String name) {
            super(id, name);
        }
    }

    /// The lines `name:password:id:…` of one file, read again when the file has changed, looked at once a second.
    private static final class Accounts {
        private static final long RECHECK_NANOS = 1_000_000_000L;

        private record Snapshot(Object version, long checkedAt, Map<String, Integer> ids, Map<Integer, String> names) {
        }

        private final Path file;
        private volatile Snapshot snapshot = new Snapshot(null, System.nanoTime() - RECHECK_NANOS, Map.of(), Map.of());

        Accounts(Path file) {
            this.file = file;
        }

        String name(int id) {
            String name = current().names().get(id);
            return name == null ? Integer.toUnsignedString(id) : name;
        }

        int id(String name) throws UserPrincipalNotFoundException {
            Integer id = current().ids().get(name);
            if (id != null) {
                return id;
            }
            try {
                return Integer.parseUnsignedInt(name);
            } catch (NumberFormatException e) {
                throw new UserPrincipalNotFoundException(name);
            }
        }

        private Snapshot current() {
            Snapshot known = snapshot;
            long now = System.nanoTime();
            if (now - known.checkedAt() < RECHECK_NANOS) {
                return known;
            }
            snapshot = known = refresh(known, now);
            return known;
        }

        private Snapshot refresh(Snapshot known, long now) {
            try {
                Object version = Files.getLastModifiedTime(file);
                return version.equals(known.version())
                        ? new Snapshot(version, now, known.ids(), known.names())
                        : read(version, now);
            } catch (IOException e) {
                // A host without accounts has numbers.
                return new Snapshot(null, now, Map.of(), Map.of());
            }
        }

        private Snapshot read(Object version, long now) throws IOException {
            Map<String, Integer> ids = new HashMap<>();
            Map<Integer, String> names = new HashMap<>();
            for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).split("\n")) {
                String[] fields = line.split(":", 4);
                if (fields.length > 3 && fields[2].matches("\\d{1,9}|[1-3]\\d{9}")) {
                    int id = (int) Long.parseLong(fields[2]);
                    ids.putIfAbsent(fields[0], id);
                    names.putIfAbsent(id, fields[0]);
                }
            }
            return new Snapshot(version, now, ids, names);
        }
    }
}
