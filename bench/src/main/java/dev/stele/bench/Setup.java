package dev.stele.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// What the system must have for all columns to be filled: installs it where that is possible, else says how.
final class Setup {
    /// A program or library, and the Debian package that has it.
    private record Need(String what, String debianPackage, String... probe) {
        boolean isMet() {
            try {
                Shell.run(probe);
                return true;
            } catch (IOException missing) {
                return false;
            }
        }
    }

    private static final List<Need> NEEDS = List.of(
            new Need("libpmem", "libpmem1", "sh", "-c", "ldconfig -p | grep -q libpmem.so.1"),
            new Need("a C compiler", "gcc", "sh", "-c", "command -v cc"),
            new Need("the C library's headers", "libc6-dev", "test", "-r", "/usr/include/stdint.h"),
            new Need("mkfs.ext4", "e2fsprogs", "sh", "-c", "command -v mkfs.ext4"),
            new Need("losetup and mount", "mount", "sh", "-c", "command -v losetup && command -v mount"));

    private Setup() {
    }

    /// @return whether everything is there now
    static boolean run(PrintStream out) {
        List<String> wanted = new ArrayList<>();
        for (Need each : NEEDS) {
            boolean isMet = each.isMet();
            out.println(each.what() + ": "
                    + (isMet ? "there" : "missing (Debian package " + each.debianPackage() + ")"));
            if (!isMet) {
                wanted.add(each.debianPackage());
            }
        }
        return wanted.isEmpty() || install(wanted, out);
    }

    private static boolean install(List<String> packages, PrintStream out) {
        String command = "apt-get update -q && apt-get install -q -y --no-install-recommends "
                + String.join(" ", packages);
        try {
            Shell.run("sh", "-c", command);
            out.println("installed " + String.join(" ", packages));
            return true;
        } catch (IOException refused) {
            out.println("could not install them (" + refused.getMessage() + "); as root of a Debian system: "
                    + command);
            return false;
        }
    }
}
