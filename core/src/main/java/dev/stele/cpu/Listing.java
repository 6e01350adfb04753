package dev.stele.cpu;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.function.Consumer;

/// Reads machine code written as lines of `bytes offset instruction`; a line that begins with `;` is a comment.
final class Listing {
    private static final int HEX_COLUMNS = 22;
    private static final int OFFSET_END = HEX_COLUMNS + 4;

    /// One instruction of a listing.
    record Line(byte[] code, int offset, String instruction) {
    }

    /// May put other bytes of the same length in an instruction's place.
    interface Variant {
        byte[] instead(byte[] code, String instruction);
    }

    private Listing() {
    }

    static void forEachLine(String listing, Consumer<Line> visitor) {
        listing.lines().filter(line -> !line.startsWith(";")).forEach(line -> visitor.accept(new Line(
                HexFormat.ofDelimiter(" ").parseHex(line.substring(0, HEX_COLUMNS).strip()),
                HexFormat.fromHexDigits(line.substring(HEX_COLUMNS, OFFSET_END).strip()),
                line.substring(OFFSET_END).strip())));
    }

    static byte[] assemble(String listing, Variant variant) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        forEachLine(listing, line -> {
            if (line.offset() != bytes.size()) {
                throw new IllegalStateException("the listing jumps at " + line);
            }
            byte[] code = variant.instead(line.code(), line.instruction());
            assert code.length == line.code().length;
            bytes.writeBytes(code);
        });
        return bytes.toByteArray();
    }
}
