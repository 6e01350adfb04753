package dev.stele.cli;

import dev.stele.error.VolumeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;

/// Failures as the one line that a user reads.
final class Failures {
    interface Action<T> {
        T run() throws IOException;
    }

    private Failures() {
    }

    /// One line without a stack: the file, what is wrong with it, and what to do where that is known.
    static String describe(Throwable failure) {
        return switch (failure) {
            case CommandFailure own -> oneLine(own.getMessage());
            case UncheckedIOException wrapped -> describe(wrapped.getCause());
            case FileSystemException named -> oneLine(fileOf(named, null) + reason(named));
            case IOException plain -> oneLine(String.valueOf(plain.getMessage()));
            case VolumeException outcome -> oneLine(outcome.getMessage());
            case ReadOnlyFileSystemException readOnly -> "the volume is open for reading only";
            case OutOfMemoryError full -> "out of memory; set STELE_JAVA_OPTS=-Xmx4g (or more) and run it again";
            default -> "unexpected " + failure.getClass().getSimpleName() + ": " + oneLine(failure.getMessage())
                    + " (--debug shows where)";
        };
    }

    /// Runs what concerns one file, so that a failure names the file as the user knows it: inside its volume.
    static <T> T naming(Path path, Action<T> action) {
        try {
            return action.run();
        } catch (FileSystemException e) {
            throw new CommandFailure(fileOf(e, path) + reason(e), e);
        } catch (IOException e) {
            throw new CommandFailure(Session.display(path) + ": " + e.getMessage(), e);
        } catch (VolumeException e) {
            throw new CommandFailure(Session.display(path) + ": " + e.getMessage(), e);
        } catch (ReadOnlyFileSystemException e) {
            throw new CommandFailure(Session.display(path) + ": the volume is open for reading only", e);
        }
    }

    private static String fileOf(FileSystemException e, Path known) {
        String first = e.getFile() == null ? "" : e.getFile();
        String second = e.getOtherFile() == null ? "" : " -> " + e.getOtherFile();
        if (known == null) {
            return first.isEmpty() ? "" : first + second + ": ";
        }
        String shown = Session.display(known);
        boolean same = first.isEmpty() || shown.endsWith(first);
        return (same ? shown : Session.display(known, first)) + second + ": ";
    }

    private static String reason(FileSystemException e) {
        return switch (e) {
            case NoSuchFileException missing -> "no such file or directory";
            case FileAlreadyExistsException taken -> "exists already";
            case DirectoryNotEmptyException full -> "directory not empty";
            case NotDirectoryException file -> "not a directory";
            case AccessDeniedException denied -> "permission denied";
            case NotLinkException file -> "not a symbolic link";
            case FileSystemLoopException loop -> "too many levels of symbolic links";
            default -> e.getReason() == null ? "failed (" + e.getClass().getSimpleName() + ")"
                    : lowerFirst(e.getReason());
        };
    }

    private static String lowerFirst(String text) {
        boolean acronym = text.length() > 1 && Character.isUpperCase(text.charAt(1));
        return text.isEmpty() || acronym ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    private static String oneLine(String text) {
        return String.valueOf(text).strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
