package dev.stele.cpu;

import java.util.Locale;

/// The routines for aarch64 as bytes beside their assembly: hexadecimal bytes, offset, instruction as `objdump` prints
/// it. They follow the procedure call standard and use only registers that a callee may change.
///
/// Ordinary stores and a clean by address: `stnp` is but a hint and gives no durability. A step of 64 bytes is right
/// for every processor whose lines are 64 bytes or longer, which all that can clean to the point of persistence have.
final class Aarch64Code {
    /// The instructions that send a line on its way, best first.
    enum LineFlush {
        /// Cleans to the point of persistence (Armv8.2).
        CVAP(0x7c),
        /// Cleans to the point of coherency: as far as older processors can.
        CVAC(0x7a);

        private final int point;

        LineFlush(int point) {
            this.point = point;
        }

        /// Turns `dc cvap` into this instruction.
        byte[] instead(byte[] cvap) {
            assert cvap.length == 4 && cvap[1] == 0x7c && cvap[2] == 0x0b && (cvap[3] & 0xFF) == 0xd5;
            return new byte[] {cvap[0], (byte) point, cvap[2], cvap[3]};
        }
    }

    private static final String FLUSH = """
            ; x0 = address, x1 = offset of the first byte from it, x2 = byte count, not 0
            00 00 01 8b              0  add x0, x0, x1
            01 00 02 8b              4  add x1, x0, x2
            00 e4 7a 92              8  and x0, x0, #0xffffffffffffffc0
            ; each line
            20 7c 0b d5              c  dc cvap, x0
            00 00 01 91             10  add x0, x0, #0x40
            1f 00 01 eb             14  cmp x0, x1
            a3 ff ff 54             18  b.cc 0xc
            c0 03 5f d6             1c  ret
            """;

    private static final String PERSIST = """
            ; x0 = address, x1 = offset of the first byte from it, x2 = byte count, not 0
            00 00 01 8b              0  add x0, x0, x1
            01 00 02 8b              4  add x1, x0, x2
            00 e4 7a 92              8  and x0, x0, #0xffffffffffffffc0
            ; each line
            20 7c 0b d5              c  dc cvap, x0
            00 00 01 91             10  add x0, x0, #0x40
            1f 00 01 eb             14  cmp x0, x1
            a3 ff ff 54             18  b.cc 0xc
            ; and wait
            9f 3f 03 d5             1c  dsb sy
            c0 03 5f d6             20  ret
            """;

    /// What stands in front of a routine whose arguments are one register further on: returns at once where the word
    /// in front of them is not 0.
    private static final String WHILE = """
            ; x0 = address of a word, then the arguments of the routine that follows
            09 00 40 f9              0  ldr x9, [x0]
            49 00 00 b4              4  cbz x9, 0xc
            c0 03 5f d6              8  ret
            e0 03 01 aa              c  mov x0, x1
            e1 03 02 aa             10  mov x1, x2
            e2 03 03 aa             14  mov x2, x3
            e3 03 04 aa             18  mov x3, x4
            e4 03 05 aa             1c  mov x4, x5
            """;

    private static final String INVALIDATE = """
            ; x0 = first byte, x1 = byte count, not 0
            01 00 01 8b              0  add x1, x0, x1
            00 e4 7a 92              4  and x0, x0, #0xffffffffffffffc0
            ; not before what was asked earlier
            9f 3f 03 d5              8  dsb sy
            ; each line: cleaned and invalidated; to invalidate alone is the kernel's privilege
            20 7e 0b d5              c  dc civac, x0
            00 00 01 91             10  add x0, x0, #0x40
            1f 00 01 eb             14  cmp x0, x1
            a3 ff ff 54             18  b.cc 0xc
            ; no load passes
            9f 3f 03 d5             1c  dsb sy
            c0 03 5f d6             20  ret
            """;

    private static final String DRAIN = """
            9f 3f 03 d5              0  dsb sy
            c0 03 5f d6              4  ret
            """;

    private static final String COPY = """
            ; x0 = to, x1 = offset of the first byte from it, x2 = from, x3 = offset in from, x4 = byte count, not 0
            00 00 01 8b              0  add x0, x0, x1
            41 00 03 8b              4  add x1, x2, x3
            e3 03 04 aa              8  mov x3, x4
            e4 03 00 aa              c  mov x4, x0
            05 00 03 8b             10  add x5, x0, x3
            08 00 00 14             14  b 0x34
            ; 64 bytes at a time
            20 04 40 ad             18  ldp q0, q1, [x1]
            22 0c 41 ad             1c  ldp q2, q3, [x1, #32]
            00 04 00 ad             20  stp q0, q1, [x0]
            02 0c 01 ad             24  stp q2, q3, [x0, #32]
            21 00 01 91             28  add x1, x1, #0x40
            00 00 01 91             2c  add x0, x0, #0x40
            63 00 01 d1             30  sub x3, x3, #0x40
            7f 00 01 f1             34  cmp x3, #0x40
            02 ff ff 54             38  b.cs 0x18
            04 00 00 14             3c  b 0x4c
            ; 8 bytes at a time
            26 84 40 f8             40  ldr x6, [x1], #8
            06 84 00 f8             44  str x6, [x0], #8
            63 20 00 d1             48  sub x3, x3, #0x8
            7f 20 00 f1             4c  cmp x3, #0x8
            82 ff ff 54             50  b.cs 0x40
            a3 00 00 b4             54  cbz x3, 0x68
            ; the last 0 to 7 bytes
            26 14 40 38             58  ldrb w6, [x1], #1
            06 14 00 38             5c  strb w6, [x0], #1
            63 04 00 f1             60  subs x3, x3, #0x1
            a1 ff ff 54             64  b.ne 0x58
            ; clean the lines of [x4, x5)
            84 e4 7a 92             68  and x4, x4, #0xffffffffffffffc0
            24 7c 0b d5             6c  dc cvap, x4
            84 00 01 91             70  add x4, x4, #0x40
            9f 00 05 eb             74  cmp x4, x5
            a3 ff ff 54             78  b.cc 0x6c
            c0 03 5f d6             7c  ret
            """;

    private static final String ZERO = """
            ; x0 = to, x1 = offset of the first byte from it, x2 = byte count, not 0
            00 00 01 8b              0  add x0, x0, x1
            e1 03 02 aa              4  mov x1, x2
            e4 03 00 aa              8  mov x4, x0
            05 00 01 8b              c  add x5, x0, x1
            07 00 00 14             10  b 0x2c
            ; 64 bytes at a time
            1f 7c 00 a9             14  stp xzr, xzr, [x0]
            1f 7c 01 a9             18  stp xzr, xzr, [x0, #16]
            1f 7c 02 a9             1c  stp xzr, xzr, [x0, #32]
            1f 7c 03 a9             20  stp xzr, xzr, [x0, #48]
            00 00 01 91             24  add x0, x0, #0x40
            21 00 01 d1             28  sub x1, x1, #0x40
            3f 00 01 f1             2c  cmp x1, #0x40
            22 ff ff 54             30  b.cs 0x14
            81 00 00 b4             34  cbz x1, 0x44
            ; the last 0 to 63 bytes
            1f 14 00 38             38  strb wzr, [x0], #1
            21 04 00 f1             3c  subs x1, x1, #0x1
            c1 ff ff 54             40  b.ne 0x38
            ; clean the lines of [x4, x5)
            84 e4 7a 92             44  and x4, x4, #0xffffffffffffffc0
            24 7c 0b d5             48  dc cvap, x4
            84 00 01 91             4c  add x4, x4, #0x40
            9f 00 05 eb             50  cmp x4, x5
            a3 ff ff 54             54  b.cc 0x48
            c0 03 5f d6             58  ret
            """;

    private Aarch64Code() {
    }

    static CodePage.Source source(LineFlush flush) {
        return new CodePage.Source("dc " + flush.name().toLowerCase(Locale.ROOT), bytes(WHILE, flush),
                bytes(FLUSH, flush),
                bytes(PERSIST, flush), bytes(DRAIN, flush), bytes(COPY, flush),
                bytes(ZERO, flush), bytes(INVALIDATE, flush));
    }

    private static byte[] bytes(String listing, LineFlush flush) {
        return Listing.assemble(listing,
                (code, instruction) -> instruction.startsWith("dc cvap") ? flush.instead(code) : code);
    }
}
