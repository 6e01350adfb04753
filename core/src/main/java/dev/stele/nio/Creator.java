package dev.stele.nio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whose new files are, and which permissions they do not get: the process's effective user and group, and its umask as
/// it was when first asked for. Where the host does not say, user and group 0 and a umask of 022.
///
/// @param uid owner of new files
/// @param gid group of new files
/// @param umask permission bits that new files never have
record Creator(int uid, int gid, int umask) {
    private static final int USUAL_UMASK = 022;

    static final Creator CURRENT = read();

    private static Creator read() {
        Path self = Path.of("/proc/self");
        try {
            int uid = (int) Files.getAttribute(self, "unix:uid");
            int gid = (int) Files.getAttribute(self, "unix:gid");
            return new Creator(uid, gid, umask(Files.readString(self.resolve("status"))));
        } catch (IOException | UnsupportedOperationException e) {
            return new Creator(0, 0, USUAL_UMASK);
        }
    }

    /// The line `Umask:` is there since Linux 4.7.
    private static int umask(String status) {
        for (String line : status.split("\n")) {
            if (line.startsWith("Umask:")) {
                return Integer.parseInt(line.substring("Umask:".length()).strip(), 8);
            }
        }
        return USUAL_UMASK;
    }
}
