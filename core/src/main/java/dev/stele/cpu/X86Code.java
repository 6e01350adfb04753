package dev.stele.cpu;

import java.util.Locale;

/// The routines for x86-64 as bytes beside their assembly: hexadecimal bytes, offset, instruction in Intel's spelling
/// as `objdump` prints it. They follow the System V calling convention and use only registers that a callee may change.
///
/// Copy and zero send whole lines past the cache with non-temporal stores (`movntps`, every x86-64 has it) and what is
/// left at either end, and everything too short to be sure to fill a line, with ordinary stores and a flush.
///
/// To invalidate is another thing than to flush: the line must be gone from every cache when the routine returns, so
/// that the next load asks the memory. The processor offers no way to drop a dirty line: it is written back first.
final class X86Code {
    /// The instructions that send a line on its way, best first.
    enum LineFlush {
        /// Writes the line back and may keep it in the cache.
        CLWB(0x66, 0x30),
        /// Writes back and evicts.
        CLFLUSHOPT(0x66, 0x38),
        /// Writes back and evicts, one line after the other.
        CLFLUSH(0x3e, 0x38);

        private final int prefix;
        private final int modRm;

        LineFlush(int prefix, int modRm) {
            this.prefix = prefix;
            this.modRm = modRm;
        }

        /// Turns `clwb` or `clflushopt` into this instruction, of the same length: `clflush` needs no prefix and gets
        /// an idle one (ds).
        byte[] instead(byte[] newer) {
            assert newer.length == 4 && newer[0] == 0x66 && newer[1] == 0x0f && (newer[2] & 0xFF) == 0xae;
            return new byte[] {(byte) prefix, newer[1], newer[2], (byte) (modRm | (newer[3] & 7))};
        }
    }

    private static final String FLUSH = """
            ; rdi = address, rsi = offset of the first byte from it, rdx = byte count, not 0
            48 01 f7                 0  add rdi,rsi
            48 8d 34 17              3  lea rsi,[rdi+rdx*1]
            48 83 e7 c0              7  and rdi,0xffffffffffffffc0
            ; each line
            66 0f ae 37              b  clwb BYTE PTR [rdi]
            48 83 c7 40              f  add rdi,0x40
            48 39 f7                13  cmp rdi,rsi
            72 f3                   16  jb 0xb
            c3                      18  ret
            """;

    private static final String PERSIST = """
            ; rdi = address, rsi = offset of the first byte from it, rdx = byte count, not 0
            48 01 f7                 0  add rdi,rsi
            48 8d 34 17              3  lea rsi,[rdi+rdx*1]
            48 83 e7 c0              7  and rdi,0xffffffffffffffc0
            ; each line
            66 0f ae 37              b  clwb BYTE PTR [rdi]
            48 83 c7 40              f  add rdi,0x40
            48 39 f7                13  cmp rdi,rsi
            72 f3                   16  jb 0xb
            ; and wait
            0f ae f8                18  sfence
            c3                      1b  ret
            """;

    private static final String INVALIDATE = """
            ; rdi = first byte, rsi = byte count, not 0
            48 8d 34 37              0  lea rsi,[rdi+rsi*1]
            48 83 e7 c0              4  and rdi,0xffffffffffffffc0
            ; not before what was asked earlier
            0f ae f0                 8  mfence
            ; each line
            66 0f ae 3f              b  clflushopt BYTE PTR [rdi]
            48 83 c7 40              f  add rdi,0x40
            48 39 f7                13  cmp rdi,rsi
            72 f3                   16  jb 0xb
            ; no load passes
            0f ae f0                18  mfence
            c3                      1b  ret
            """;

    private static final String DRAIN = """
            0f ae f8                 0  sfence
            c3                       3  ret
            """;

    private static final String COPY = """
            ; rdi = to, rsi = from, rdx = offset in from, rcx = byte count, not 0
            48 01 d6                 0  add rsi,rdx
            48 89 ca                 3  mov rdx,rcx
            48 81 fa 80 00 00 00     6  cmp rdx,0x80
            0f 83 c6 00 00 00        d  jae 0xd9
            48 89 f8                13  mov rax,rdi
            4c 8d 0c 17             16  lea r9,[rdi+rdx*1]
            48 83 fa 40             1a  cmp rdx,0x40
            72 36                   1e  jb 0x56
            f7 c7 3f 00 00 00       20  test edi,0x3f
            0f 84 3f 01 00 00       26  je 0x16b
            ; 64 to 127 bytes, not at a line: ordinary stores, 64 bytes at once
            0f 10 06                2c  movups xmm0,XMMWORD PTR [rsi]
            0f 10 4e 10             2f  movups xmm1,XMMWORD PTR [rsi+0x10]
            0f 10 56 20             33  movups xmm2,XMMWORD PTR [rsi+0x20]
            0f 10 5e 30             37  movups xmm3,XMMWORD PTR [rsi+0x30]
            0f 11 07                3b  movups XMMWORD PTR [rdi],xmm0
            0f 11 4f 10             3e  movups XMMWORD PTR [rdi+0x10],xmm1
            0f 11 57 20             42  movups XMMWORD PTR [rdi+0x20],xmm2
            0f 11 5f 30             46  movups XMMWORD PTR [rdi+0x30],xmm3
            48 83 c6 40             4a  add rsi,0x40
            48 83 c7 40             4e  add rdi,0x40
            48 83 ea 40             52  sub rdx,0x40
            ; the last 0 to 63 bytes, by the bits of their count; rax = first byte to flush, r9 = end
            f6 c2 20                56  test dl,0x20
            74 16                   59  je 0x71
            0f 10 06                5b  movups xmm0,XMMWORD PTR [rsi]
            0f 10 4e 10             5e  movups xmm1,XMMWORD PTR [rsi+0x10]
            0f 11 07                62  movups XMMWORD PTR [rdi],xmm0
            0f 11 4f 10             65  movups XMMWORD PTR [rdi+0x10],xmm1
            48 83 c6 20             69  add rsi,0x20
            48 83 c7 20             6d  add rdi,0x20
            f6 c2 10                71  test dl,0x10
            74 0e                   74  je 0x84
            0f 10 06                76  movups xmm0,XMMWORD PTR [rsi]
            0f 11 07                79  movups XMMWORD PTR [rdi],xmm0
            48 83 c6 10             7c  add rsi,0x10
            48 83 c7 10             80  add rdi,0x10
            f6 c2 08                84  test dl,0x8
            74 0e                   87  je 0x97
            48 8b 0e                89  mov rcx,QWORD PTR [rsi]
            48 89 0f                8c  mov QWORD PTR [rdi],rcx
            48 83 c6 08             8f  add rsi,0x8
            48 83 c7 08             93  add rdi,0x8
            f6 c2 04                97  test dl,0x4
            74 0c                   9a  je 0xa8
            8b 0e                   9c  mov ecx,DWORD PTR [rsi]
            89 0f                   9e  mov DWORD PTR [rdi],ecx
            48 83 c6 04             a0  add rsi,0x4
            48 83 c7 04             a4  add rdi,0x4
            f6 c2 02                a8  test dl,0x2
            74 0e                   ab  je 0xbb
            0f b7 0e                ad  movzx ecx,WORD PTR [rsi]
            66 89 0f                b0  mov WORD PTR [rdi],cx
            48 83 c6 02             b3  add rsi,0x2
            48 83 c7 02             b7  add rdi,0x2
            f6 c2 01                bb  test dl,0x1
            74 05                   be  je 0xc5
            0f b6 0e                c0  movzx ecx,BYTE PTR [rsi]
            88 0f                   c3  mov BYTE PTR [rdi],cl
            ; flush the lines of [rax, r9)
            48 83 e0 c0             c5  and rax,0xffffffffffffffc0
            eb 08                   c9  jmp 0xd3
            66 0f ae 30             cb  clwb BYTE PTR [rax]
            48 83 c0 40             cf  add rax,0x40
            4c 39 c8                d3  cmp rax,r9
            72 f3                   d6  jb 0xcb
            c3                      d8  ret
            ; 128 bytes and more: ordinary stores up to a line
            89 f9                   d9  mov ecx,edi
            f7 d9                   db  neg ecx
            83 e1 3f                dd  and ecx,0x3f
            0f 84 85 00 00 00       e0  je 0x16b
            48 89 f8                e6  mov rax,rdi
            48 29 ca                e9  sub rdx,rcx
            f6 c1 01                ec  test cl,0x1
            74 0d                   ef  je 0xfe
            44 0f b6 06             f1  movzx r8d,BYTE PTR [rsi]
            44 88 07                f5  mov BYTE PTR [rdi],r8b
            48 ff c6                f8  inc rsi
            48 ff c7                fb  inc rdi
            f6 c1 02                fe  test cl,0x2
            74 10                  101  je 0x113
            44 0f b7 06            103  movzx r8d,WORD PTR [rsi]
            66 44 89 07            107  mov WORD PTR [rdi],r8w
            48 83 c6 02            10b  add rsi,0x2
            48 83 c7 02            10f  add rdi,0x2
            f6 c1 04               113  test cl,0x4
            74 0e                  116  je 0x126
            44 8b 06               118  mov r8d,DWORD PTR [rsi]
            44 89 07               11b  mov DWORD PTR [rdi],r8d
            48 83 c6 04            11e  add rsi,0x4
            48 83 c7 04            122  add rdi,0x4
            f6 c1 08               126  test cl,0x8
            74 0e                  129  je 0x139
            4c 8b 06               12b  mov r8,QWORD PTR [rsi]
            4c 89 07               12e  mov QWORD PTR [rdi],r8
            48 83 c6 08            131  add rsi,0x8
            48 83 c7 08            135  add rdi,0x8
            f6 c1 10               139  test cl,0x10
            74 0e                  13c  je 0x14c
            0f 10 06               13e  movups xmm0,XMMWORD PTR [rsi]
            0f 11 07               141  movups XMMWORD PTR [rdi],xmm0
            48 83 c6 10            144  add rsi,0x10
            48 83 c7 10            148  add rdi,0x10
            f6 c1 20               14c  test cl,0x20
            74 16                  14f  je 0x167
            0f 10 06               151  movups xmm0,XMMWORD PTR [rsi]
            0f 10 4e 10            154  movups xmm1,XMMWORD PTR [rsi+0x10]
            0f 11 07               158  movups XMMWORD PTR [rdi],xmm0
            0f 11 4f 10            15b  movups XMMWORD PTR [rdi+0x10],xmm1
            48 83 c6 20            15f  add rsi,0x20
            48 83 c7 20            163  add rdi,0x20
            ; the line that holds the head
            66 0f ae 30            167  clwb BYTE PTR [rax]
            ; whole lines past the cache
            0f 10 06               16b  movups xmm0,XMMWORD PTR [rsi]
            0f 10 4e 10            16e  movups xmm1,XMMWORD PTR [rsi+0x10]
            0f 10 56 20            172  movups xmm2,XMMWORD PTR [rsi+0x20]
            0f 10 5e 30            176  movups xmm3,XMMWORD PTR [rsi+0x30]
            0f 2b 07               17a  movntps XMMWORD PTR [rdi],xmm0
            0f 2b 4f 10            17d  movntps XMMWORD PTR [rdi+0x10],xmm1
            0f 2b 57 20            181  movntps XMMWORD PTR [rdi+0x20],xmm2
            0f 2b 5f 30            185  movntps XMMWORD PTR [rdi+0x30],xmm3
            48 83 c6 40            189  add rsi,0x40
            48 83 c7 40            18d  add rdi,0x40
            48 83 ea 40            191  sub rdx,0x40
            48 83 fa 40            195  cmp rdx,0x40
            73 d0                  199  jae 0x16b
            48 89 f8               19b  mov rax,rdi
            4c 8d 0c 17            19e  lea r9,[rdi+rdx*1]
            e9 af fe ff ff         1a2  jmp 0x56
            """;

    private static final String ZERO = """
            ; rdi = to, rsi = byte count, not 0
            0f 57 c0                 0  xorps xmm0,xmm0
            31 c9                    3  xor ecx,ecx
            48 89 f8                 5  mov rax,rdi
            48 81 fe 80 00 00 00     8  cmp rsi,0x80
            0f 83 8d 00 00 00        f  jae 0xa2
            4c 8d 0c 37             15  lea r9,[rdi+rsi*1]
            48 83 fe 40             19  cmp rsi,0x40
            72 23                   1d  jb 0x42
            f7 c7 3f 00 00 00       1f  test edi,0x3f
            0f 84 d0 00 00 00       25  je 0xfb
            ; 64 to 127 bytes, not at a line: ordinary stores, 64 bytes at once
            0f 11 07                2b  movups XMMWORD PTR [rdi],xmm0
            0f 11 47 10             2e  movups XMMWORD PTR [rdi+0x10],xmm0
            0f 11 47 20             32  movups XMMWORD PTR [rdi+0x20],xmm0
            0f 11 47 30             36  movups XMMWORD PTR [rdi+0x30],xmm0
            48 83 c7 40             3a  add rdi,0x40
            48 83 ee 40             3e  sub rsi,0x40
            ; the last 0 to 63 bytes, by the bits of their count; rax = first byte to flush, r9 = end
            40 f6 c6 20             42  test sil,0x20
            74 0b                   46  je 0x53
            0f 11 07                48  movups XMMWORD PTR [rdi],xmm0
            0f 11 47 10             4b  movups XMMWORD PTR [rdi+0x10],xmm0
            48 83 c7 20             4f  add rdi,0x20
            40 f6 c6 10             53  test sil,0x10
            74 07                   57  je 0x60
            0f 11 07                59  movups XMMWORD PTR [rdi],xmm0
            48 83 c7 10             5c  add rdi,0x10
            40 f6 c6 08             60  test sil,0x8
            74 07                   64  je 0x6d
            48 89 0f                66  mov QWORD PTR [rdi],rcx
            48 83 c7 08             69  add rdi,0x8
            40 f6 c6 04             6d  test sil,0x4
            74 06                   71  je 0x79
            89 0f                   73  mov DWORD PTR [rdi],ecx
            48 83 c7 04             75  add rdi,0x4
            40 f6 c6 02             79  test sil,0x2
            74 07                   7d  je 0x86
            66 89 0f                7f  mov WORD PTR [rdi],cx
            48 83 c7 02             82  add rdi,0x2
            40 f6 c6 01             86  test sil,0x1
            74 02                   8a  je 0x8e
            88 0f                   8c  mov BYTE PTR [rdi],cl
            ; flush the lines of [rax, r9)
            48 83 e0 c0             8e  and rax,0xffffffffffffffc0
            eb 08                   92  jmp 0x9c
            66 0f ae 30             94  clwb BYTE PTR [rax]
            48 83 c0 40             98  add rax,0x40
            4c 39 c8                9c  cmp rax,r9
            72 f3                   9f  jb 0x94
            c3                      a1  ret
            ; 128 bytes and more: ordinary stores up to a line
            89 fa                   a2  mov edx,edi
            f7 da                   a4  neg edx
            83 e2 3f                a6  and edx,0x3f
            74 50                   a9  je 0xfb
            48 29 d6                ab  sub rsi,rdx
            f6 c2 01                ae  test dl,0x1
            74 05                   b1  je 0xb8
            88 0f                   b3  mov BYTE PTR [rdi],cl
            48 ff c7                b5  inc rdi
            f6 c2 02                b8  test dl,0x2
            74 07                   bb  je 0xc4
            66 89 0f                bd  mov WORD PTR [rdi],cx
            48 83 c7 02             c0  add rdi,0x2
            f6 c2 04                c4  test dl,0x4
            74 06                   c7  je 0xcf
            89 0f                   c9  mov DWORD PTR [rdi],ecx
            48 83 c7 04             cb  add rdi,0x4
            f6 c2 08                cf  test dl,0x8
            74 07                   d2  je 0xdb
            48 89 0f                d4  mov QWORD PTR [rdi],rcx
            48 83 c7 08             d7  add rdi,0x8
            f6 c2 10                db  test dl,0x10
            74 07                   de  je 0xe7
            0f 11 07                e0  movups XMMWORD PTR [rdi],xmm0
            48 83 c7 10             e3  add rdi,0x10
            f6 c2 20                e7  test dl,0x20
            74 0b                   ea  je 0xf7
            0f 11 07                ec  movups XMMWORD PTR [rdi],xmm0
            0f 11 47 10             ef  movups XMMWORD PTR [rdi+0x10],xmm0
            48 83 c7 20             f3  add rdi,0x20
            ; the line that holds the head
            66 0f ae 30             f7  clwb BYTE PTR [rax]
            ; whole lines past the cache
            0f 2b 07                fb  movntps XMMWORD PTR [rdi],xmm0
            0f 2b 47 10             fe  movntps XMMWORD PTR [rdi+0x10],xmm0
            0f 2b 47 20            102  movntps XMMWORD PTR [rdi+0x20],xmm0
            0f 2b 47 30            106  movntps XMMWORD PTR [rdi+0x30],xmm0
            48 83 c7 40            10a  add rdi,0x40
            48 83 ee 40            10e  sub rsi,0x40
            48 83 fe 40            112  cmp rsi,0x40
            73 e3                  116  jae 0xfb
            48 89 f8               118  mov rax,rdi
            4c 8d 0c 37            11b  lea r9,[rdi+rsi*1]
            e9 1e ff ff ff         11f  jmp 0x42
            """;

    private X86Code() {
    }

    /// @param flush writes a line back
    /// @param evict writes a line back and leaves it in no cache: any but CLWB, which may keep it
    static CodePage.Source source(LineFlush flush, LineFlush evict) {
        assert evict != LineFlush.CLWB;
        return new CodePage.Source(flush.name().toLowerCase(Locale.ROOT) + " + movntps",
                bytes(FLUSH, flush), bytes(PERSIST, flush), bytes(DRAIN, flush), bytes(COPY, flush),
                bytes(ZERO, flush), Listing.assemble(INVALIDATE, (code, instruction) ->
                        instruction.startsWith("clflushopt") ? evict.instead(code) : code));
    }

    private static byte[] bytes(String listing, LineFlush flush) {
        return Listing.assemble(listing,
                (code, instruction) -> instruction.startsWith("clwb") ? flush.instead(code) : code);
    }
}
