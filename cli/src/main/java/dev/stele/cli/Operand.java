package dev.stele.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A place that the user names: a path inside a volume, written `image:/path`, or a path of the host, which contains
/// no `:/`. The first `:/` divides.
sealed interface Operand {

    /// @param text as the user wrote it
    /// @param path the host path
    record Host(String text, Path path) implements Operand {
    }

    /// @param text as the user wrote it
    /// @param image where the volume is
    /// @param path absolute path inside it
    record Inside(String text, Path image, String path) implements Operand {
    }

    String text();

    /// @throws IllegalArgumentException where the text cannot be a path
    static Operand parse(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("an empty path");
        }
        int colon = text.indexOf(":/");
        if (colon == 0) {
            throw new IllegalArgumentException("'" + text + "' names no image before ':/'; write image:/path");
        }
        try {
            return colon < 0 ? new Host(text, Path.of(text))
                    : new Inside(text, Path.of(text.substring(0, colon)), text.substring(colon + 1));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is not a path: " + e.getReason(), e);
        }
    }

    /// The operand as a path inside a volume.
    ///
    /// @throws IllegalArgumentException for a host path; says what to write
    static Inside parseInside(String text) {
        if (parse(text) instanceof Inside inside) {
            return inside;
        }
        int colon = text.lastIndexOf(':');
        if (colon > 0 && colon < text.length() - 1) {
            throw new IllegalArgumentException("'" + text + "': a path inside a volume begins with '/'; write "
                    + text.substring(0, colon) + ":/" + text.substring(colon + 1));
        }
        String image = colon > 0 ? text.substring(0, colon) : text;
        throw new IllegalArgumentException(
                "'" + text + "' is not a path inside a volume; write image:/path, for the root " + image + ":/");
    }

    /// As [#parseInside], where an image alone stands for the root of its volume.
    static Inside parseInsideOrRoot(String text) {
        return switch (parse(text)) {
            case Inside inside -> inside;
            case Host host -> new Inside(text, host.path(), "/");
        };
    }

    /// An image: a host path without a path inside.
    ///
    /// @throws IllegalArgumentException for a path inside a volume
    static Path parseImage(String text) {
        return switch (parse(text)) {
            case Host host -> host.path();
            case Inside inside -> throw new IllegalArgumentException("'" + text
                    + "' is a path inside a volume; here only the image is named: " + inside.image());
        };
    }

    /// For picocli.
    abstract class Converter<T> implements ITypeConverter<T> {
        private final Function<String, T> parser;

        Converter(Function<String, T> parser) {
            this.parser = parser;
        }

        @Override
        public T convert(String text) {
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    final class ToAny extends Converter<Operand> {
        ToAny() {
            super(Operand::parse);
        }
    }

    final class ToInside extends Converter<Inside> {
        ToInside() {
            super(Operand::parseInside);
        }
    }

    final class ToInsideOrRoot extends Converter<Inside> {
        ToInsideOrRoot() {
            super(Operand::parseInsideOrRoot);
        }
    }

    final class ToImage extends Converter<Path> {
        ToImage() {
            super(Operand::parseImage);
        }
    }
}
