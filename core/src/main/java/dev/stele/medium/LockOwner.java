package dev.stele.medium;

import dev.stele.cpu.Native;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds out who holds the lock of a file, from the kernel's own list: nothing is written anywhere that a killed
/// process could leave behind.
final class LockOwner {
    private static final Path LOCKS = Path.of("/proc/locks");
    // 1: FLOCK  ADVISORY  WRITE 1234 fd:00:5678 0 EOF
    private static final Pattern LINE =
            Pattern.compile("\\d+: FLOCK\\s+\\S+\\s+\\S+\\s+(-?\\d+) ([0-9a-f]+):([0-9a-f]+):(\\d+) .*");
    private static final int COMMAND_LENGTH_MAX = 80;

    private LockOwner() {
    }

    /// One line that says who has the file.
    static String refusal(Native.FileStatus file) {
        long process = find(file);
        if (process <= 0) {
            return "already open by another process, which this one cannot see";
        }
        if (process == ProcessHandle.current().pid()) {
            return "already open by this process (" + process + "): close it there first";
        }
        return "already open by process " + process + command(process);
    }

    /// @return 0 if unknown
    private static long find(Native.FileStatus file) {
        try {
            List<String> lines = Files.readAllLines(LOCKS);
            long exact = find(lines, file, true);
            // some file systems (btrfs, overlays) list another device number than stat gives
            return exact > 0 ? exact : find(lines, file, false);
        } catch (IOException e) {
            return 0;
        }
    }

    static long find(List<String> lines, Native.FileStatus file, boolean sameDevice) {
        for (String line : lines) {
            Matcher lock = LINE.matcher(line.strip());
            if (lock.matches() && Long.parseLong(lock.group(4)) == file.inode()
                    && (!sameDevice || Integer.parseInt(lock.group(2), 16) == file.onMajor()
                            && Integer.parseInt(lock.group(3), 16) == file.onMinor())) {
                return Long.parseLong(lock.group(1));
            }
        }
        return 0;
    }

    private static String command(long process) {
        try {
            byte[] words = Files.readAllBytes(Path.of("/proc/" + process + "/cmdline"));
            String command = new String(words, StandardCharsets.UTF_8).replace('\0', ' ').strip();
            if (command.length() > COMMAND_LENGTH_MAX) {
                command = command.substring(0, COMMAND_LENGTH_MAX) + "…";
            }
            return command.isEmpty() ? "" : " (" + command.replaceAll("\\p{Cntrl}", "?") + ")";
        } catch (IOException gone) {
            return "";
        }
    }
}
