package dev.stele.nio;

import dev.stele.volume.Volume.Durability;
import java.nio.file.CopyOption;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;

/// The options of `java.nio.file`, as what they ask for.
final class Options {
    private Options() {
    }

    static boolean followLinks(LinkOption... options) {
        boolean follow = true;
        for (LinkOption option : options) {
            follow &= Objects.requireNonNull(option) != LinkOption.NOFOLLOW_LINKS;
        }
        return follow;
    }

    /// How a file is opened.
    static final class Open {
        boolean read;
        boolean write;
        boolean append;
        boolean truncate;
        boolean create;
        boolean createNew;
        boolean deleteOnClose;
        boolean followLinks = true;
        /// Of a stream's channel, which no interrupt closes.
        boolean uninterruptible;
        Durability durability = Durability.DEFERRED;

        private Open() {
        }

        /// For a `FileChannel`: reading where nothing is asked for, writing where appending is.
        ///
        /// @throws UnsupportedOperationException on an option that is none of ours
        /// @throws IllegalArgumentException on options that contradict each other
        static Open of(Set<? extends OpenOption> options) {
            Open open = parse(options);
            open.write |= open.append && !open.read;
            open.read |= !open.write;
            if (open.read && open.append) {
                throw new IllegalArgumentException("READ + APPEND not allowed");
            }
            if (open.append && open.truncate) {
                throw new IllegalArgumentException("APPEND + TRUNCATE_EXISTING not allowed");
            }
            return open.ignoreWritingWhenReadOnly();
        }

        /// For an `AsynchronousFileChannel`, which cannot append.
        static Open ofAsynchronous(Set<? extends OpenOption> options) {
            Open open = parse(options);
            open.read |= !open.write;
            if (open.append) {
                throw new UnsupportedOperationException("APPEND not allowed");
            }
            return open.ignoreWritingWhenReadOnly();
        }

        private Open ignoreWritingWhenReadOnly() {
            truncate &= write;
            create &= write;
            createNew &= write;
            followLinks &= !deleteOnClose || createNew;
            return this;
        }

        private static Open parse(Set<? extends OpenOption> options) {
            Open open = new Open();
            for (OpenOption option : options) {
                Objects.requireNonNull(option);
                if (option instanceof StandardOpenOption standard) {
                    open.add(standard);
                } else if (option == LinkOption.NOFOLLOW_LINKS) {
                    open.followLinks = false;
                } else if (option == DaxOpenOption.ATOMIC) {
                    open.durability = Durability.ATOMIC;
                } else if (!isDirect(option)) {
                    throw new UnsupportedOperationException(option + " not supported");
                }
            }
            return open;
        }

        private void add(StandardOpenOption option) {
            switch (option) {
                case READ -> read = true;
                case WRITE -> write = true;
                case APPEND -> append = true;
                case TRUNCATE_EXISTING -> truncate = true;
                case CREATE -> create = true;
                case CREATE_NEW -> createNew = true;
                case DELETE_ON_CLOSE -> deleteOnClose = true;
                case SYNC -> atLeast(Durability.SYNC);
                case DSYNC -> atLeast(Durability.DSYNC);
                case SPARSE -> {
                    // Every file is.
                }
            }
        }

        private void atLeast(Durability wanted) {
            if (durability.compareTo(wanted) < 0) {
                durability = wanted;
            }
        }

        /// `ExtendedOpenOption.DIRECT`, of a module that need not be there: every access is direct.
        private static boolean isDirect(OpenOption option) {
            return option.getClass().getName().equals("com.sun.nio.file.ExtendedOpenOption")
                    && option.toString().equals("DIRECT");
        }
    }

    /// How a file is copied or moved.
    static final class Copy {
        boolean replace;
        boolean copyAttributes;
        boolean atomic;
        boolean interruptible;
        boolean followLinks = true;

        private Copy() {
        }

        static Copy ofCopy(CopyOption... options) {
            Copy copy = new Copy();
            for (CopyOption option : options) {
                Objects.requireNonNull(option);
                if (option == StandardCopyOption.COPY_ATTRIBUTES) {
                    copy.copyAttributes = true;
                } else if (isInterruptible(option)) {
                    copy.interruptible = true;
                } else if (!copy.addCommon(option)) {
                    throw new UnsupportedOperationException("Unsupported copy option: " + option);
                }
            }
            return copy;
        }

        static Copy ofMove(CopyOption... options) {
            Copy move = new Copy();
            for (CopyOption option : options) {
                Objects.requireNonNull(option);
                if (option == StandardCopyOption.ATOMIC_MOVE) {
                    move.atomic = true;
                } else if (!move.addCommon(option)) {
                    throw new UnsupportedOperationException("Unsupported option: " + option);
                }
            }
            move.followLinks = false;
            move.copyAttributes = true;
            return move;
        }

        private boolean addCommon(CopyOption option) {
            replace |= option == StandardCopyOption.REPLACE_EXISTING;
            followLinks &= option != LinkOption.NOFOLLOW_LINKS;
            return option == StandardCopyOption.REPLACE_EXISTING || option == LinkOption.NOFOLLOW_LINKS;
        }

        /// `ExtendedCopyOption.INTERRUPTIBLE`, of a module that need not be there.
        private static boolean isInterruptible(CopyOption option) {
            return option.getClass().getName().equals("com.sun.nio.file.ExtendedCopyOption")
                    && option.toString().equals("INTERRUPTIBLE");
        }
    }
}
