package dev.stele.cli;

import dev.stele.nio.DaxFileSystem;
import dev.stele.nio.NameCodec;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.HexFormat;

/// Names as text that loses nothing, on the host and in volumes alike: a byte that is no part of UTF-8 is the lone
/// surrogate U+DC00 + byte, as a volume's paths have it ([NameCodec]). A path of the host has the bytes too, but its
/// text has U+FFFD for each: of two files whose names differ in nothing else one copy would take the place of the
/// other. The `file:` URI tells the bytes, both ways.
final class NameText {
    private static final char LOST = '\uFFFD';
    private static final char ESCAPE_FIRST = '\uDC80';
    private static final char ESCAPE_LAST = '\uDCFF';

    private NameText() {
    }

    static String of(Path path) {
        String text = path.toString();
        if (path.getFileSystem() instanceof DaxFileSystem || text.indexOf(LOST) < 0) {
            return text;
        }
        StringBuilder exact = new StringBuilder();
        for (Path name : path) {
            exact.append(exact.isEmpty() && !path.isAbsolute() ? "" : "/").append(ofHostName(name));
        }
        return exact.toString();
    }

    private static String ofHostName(Path name) {
        String uri = name.toUri().getRawPath();
        // a directory's ends in a slash
        int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = uri.lastIndexOf('/', end - 1) + 1; i < end; i++) {
            boolean isEscaped = uri.charAt(i) == '%';
            bytes.write(isEscaped ? HexFormat.fromHexDigits(uri, i + 1, i + 3) : uri.charAt(i));
            i += isEscaped ? 2 : 0;
        }
        return NameCodec.decode(bytes.toByteArray());
    }

    /// The path of that text.
    static Path in(FileSystem files, String text) {
        if (files instanceof DaxFileSystem || text.codePoints().noneMatch(NameText::isEscape)) {
            return files.getPath(text);
        }
        StringBuilder uri = new StringBuilder("file:///");
        for (byte each : NameCodec.encode(text)) {
            uri.append('%').append(HexFormat.of().toHexDigits(each));
        }
        Path absolute = Path.of(URI.create(uri.toString()));
        return text.startsWith("/") ? absolute : absolute.subpath(0, absolute.getNameCount());
    }

    private static boolean isEscape(int point) {
        return point >= ESCAPE_FIRST && point <= ESCAPE_LAST;
    }
}
