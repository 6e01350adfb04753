package dev.stele.cpu;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;

/// A system call failed. Carries the kernel's number beside the [Errno], which has names only for what a volume's
/// operation may end with: every other number is EIO there.
public final class NativeException extends VolumeException {
    private static final long serialVersionUID = 1L;

    private final int number;

    /// @param call the words the message begins with
    /// @param number the kernel's error number, positive
    public NativeException(String call, int number) {
        super(errno(number), call + ": " + meaning(number));
        this.number = number;
    }

    /// The number as the kernel gave it, always positive.
    public int number() {
        return number;
    }

    private static Errno errno(int number) {
        Errno known = find(number);
        return known == null ? Errno.EIO : known;
    }

    private static Errno find(int number) {
        for (Errno each : Errno.values()) {
            if (each.number() == number) {
                return each;
            }
        }
        return null;
    }

    private static String meaning(int number) {
        Errno known = find(number);
        if (known != null) {
            return known == Errno.EROFS ? "read-only file system" : known.meaning();
        }
        return switch (number) {
            case 6 -> "no such device or address";
            case 12 -> "cannot allocate memory";
            case 14 -> "bad address";
            case 19 -> "no such device";
            case 23, 24 -> "too many open files";
            case 25 -> "inappropriate ioctl for device";
            case 26 -> "text file busy";
            case 38 -> "not offered by this kernel";
            default -> "error";
        } + " (errno " + number + ")";
    }
}
