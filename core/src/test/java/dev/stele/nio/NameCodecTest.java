package dev.stele.nio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NameCodecTest {
    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void whatIsNotUtf8BecomesALoneSurrogate() {
        assertEquals("a\uDCFFb", NameCodec.decode(bytes('a', 0xFF, 'b')));
        assertEquals("\uDC80", NameCodec.decode(bytes(0x80)));
        assertEquals("\uDCC3", NameCodec.decode(bytes(0xC3)));
        assertEquals("\uDCE2\uDC82x", NameCodec.decode(bytes(0xE2, 0x82, 'x')));
        assertEquals("\uDCC0\uDCAF", NameCodec.decode(bytes(0xC0, 0xAF)));
        assertEquals("\uDCED\uDCA0\uDC80", NameCodec.decode(bytes(0xED, 0xA0, 0x80)));
        assertEquals("\uDCF4\uDC90\uDC80\uDC80", NameCodec.decode(bytes(0xF4, 0x90, 0x80, 0x80)));
        assertEquals("€𝒳", NameCodec.decode("€𝒳".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void everyByteSequenceComesBack() {
        long seed = Long.getLong("stele.seed", 20_261_121);
        Random random = new Random(seed);
        // Bytes that begin, continue and break sequences come up often.
        int[] telling = {
            0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xFF
        };
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = new byte[1 + random.nextInt(8)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextBoolean() ? telling[random.nextInt(telling.length)]
                        : 1 + random.nextInt(255));
            }
            String text = NameCodec.decode(bytes);
            assertArrayEquals(bytes, NameCodec.encode(text), () -> "seed " + seed);
            if (isUtf8(bytes)) {
                assertEquals(new String(bytes, StandardCharsets.UTF_8), text, () -> "seed " + seed);
            }
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void everyCharacterComesBack() {
        for (int point = 1; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                String text = Character.toString(point);
                assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), NameCodec.encode(text));
                if (point > 0xFF00) {
                    // With an escape beside it, so that the slower way is taken too.
                    assertEquals(text + "\uDC80", NameCodec.decode(NameCodec.encode(text + "\uDC80")));
                }
            }
        }
    }

    @Test
    void refusesWhatIsNoName() {
        for (String text : List.of("\0", "a\0", "\uD800", "\uDC00", "\uDC7F", "\uDD00", "\uDFFF", "\uD800\uD800",
                "\uDC80\0")) {
            assertThrows(InvalidPathException.class, () -> NameCodec.encode(text));
        }
    }
}
