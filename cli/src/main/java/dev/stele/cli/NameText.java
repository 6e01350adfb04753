package dev.stele.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stele.nio.DaxFileSystem;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.HexFormat;

/// Names as text that loses nothing, on the host and in volumes alike: a byte that is no part of UTF-8 is the lone
/// surrogate U+DC00 + byte, as a volume's paths have it. A path of the host has the bytes too, but its text has U+FFFD
/// for each: of two files whose names differ in nothing else one copy would take the place of the other. The
/// `file:` URI tells the bytes, both ways.
final class NameText {
    private static final char LOST = '\uFFFD';
    private static final char ESCAPE_BASE = '\uDC00';

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
        ByteBuffer bytes = ByteBuffer.allocate(end);
        for (int i = uri.lastIndexOf('/', end - 1) + 1; i < end; i++) {
            boolean isEscaped = uri.charAt(i) == '%';
            bytes.put(isEscaped ? (byte) HexFormat.fromHexDigits(uri, i + 1, i + 3) : (byte) uri.charAt(i));
            i += isEscaped ? 2 : 0;
        }
        return decode(bytes.flip());
    }

    private static String decode(ByteBuffer bytes) {
        CharsetDecoder decoder = UTF_8.newDecoder();
        CharBuffer text = CharBuffer.allocate(bytes.remaining());
        for (CoderResult result = decoder.decode(bytes, text, true); result.isMalformed();
                result = decoder.decode(bytes, text, true)) {
            for (int i = 0; i < result.length(); i++) {
                text.put((char) (ESCAPE_BASE + (bytes.get() & 0xFF)));
            }
        }
        return text.flip().toString();
    }

    /// The path of that text.
    static Path in(FileSystem files, String text) {
        if (files instanceof DaxFileSystem || text.codePoints().noneMatch(NameText::isEscape)) {
            return files.getPath(text);
        }
        StringBuilder uri = new StringBuilder("file:///");
        text.codePoints().forEach(point -> appendEscaped(uri, point));
        Path absolute = Path.of(URI.create(uri.toString()));
        return text.startsWith("/") ? absolute : absolute.subpath(0, absolute.getNameCount());
    }

    private static boolean isEscape(int point) {
        return point >= ESCAPE_BASE + 0x80 && point <= ESCAPE_BASE + 0xFF;
    }

    private static void appendEscaped(StringBuilder uri, int point) {
        byte[] bytes = isEscape(point) ? new byte[] {(byte) (point - ESCAPE_BASE)}
                : Character.toString(point).getBytes(UTF_8);
        for (byte each : bytes) {
            uri.append('%').append(HexFormat.of().toHexDigits(each));
        }
    }
}
