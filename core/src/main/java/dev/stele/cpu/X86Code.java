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

    /// What stands in front of a routine whose arguments are one register further on: returns at once where the word
    /// in front of them is not 0.
    private static final String WHILE = """
            ; rdi = address of a word, then the arguments of the routine that follows
            48 83 3f 00              0  cmp QWORD PTR [rdi],0x0
            74 01                    4  je 0x7
            c3                       6  ret
            48 89 f7                 7  mov rdi,rsi
            48 89 d6                 a  mov rsi,rdx
            48 89 ca                 d  mov rdx,rcx
            4c 89 c1                10  mov rcx,r8
            4d 89 c8                13  mov r8,r9
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
            ; rdi = to, rsi = offset of the first byte from it, rdx = from, rcx = offset in from, r8 = byte count, not 0
            48 01 f7                 0  add rdi,rsi
            48 8d 34 0a              3  lea rsi,[rdx+rcx*1]
            4c 89 c2                 7  mov rdx,r8
            48 81 fa 80 00 00 00     a  cmp rdx,0x80
            0f 83 c6 00 00 00       11  jae 0xdd
            48 89 f8                17  mov rax,rdi
            4c 8d 0c 17             1a  lea r9,[rdi+rdx*1]
            48 83 fa 40             1e  cmp rdx,0x40
            72 36                   22  jb 0x5a
            f7 c7 3f 00 00 00       24  test edi,0x3f
            0f 84 3f 01 00 00       2a  je 0x16f
            ; 64 to 127 bytes, not at a line: ordinary stores, 64 bytes at once
            0f 10 06                30  movups xmm0,XMMWORD PTR [rsi]
            0f 10 4e 10             33  movups xmm1,XMMWORD PTR [rsi+0x10]
            0f 10 56 20             37  movups xmm2,XMMWORD PTR [rsi+0x20]
            0f 10 5e 30             3b  movups xmm3,XMMWORD PTR [rsi+0x30]
            0f 11 07                3f  movups XMMWORD PTR [rdi],xmm0
            0f 11 4f 10             42  movups XMMWORD PTR [rdi+0x10],xmm1
            0f 11 57 20             46  movups XMMWORD PTR [rdi+0x20],xmm2
            0f 11 5f 30             4a  movups XMMWORD PTR [rdi+0x30],xmm3
            48 83 c6 40             4e  add rsi,0x40
            48 83 c7 40             52  add rdi,0x40
            48 83 ea 40             56  sub rdx,0x40
            ; the last 0 to 63 bytes, by the bits of their count; rax = first byte to flush, r9 = end
            f6 c2 20                5a  test dl,0x20
            74 16                   5d  je 0x75
            0f 10 06                5f  movups xmm0,XMMWORD PTR [rsi]
            0f 10 4e 10             62  movups xmm1,XMMWORD PTR [rsi+0x10]
            0f 11 07                66  movups XMMWORD PTR [rdi],xmm0
            0f 11 4f 10             69  movups XMMWORD PTR [rdi+0x10],xmm1
            48 83 c6 20             6d  add rsi,0x20
            48 83 c7 20             71  add rdi,0x20
            f6 c2 10                75  test dl,0x10
            74 0e                   78  je 0x88
            0f 10 06                7a  movups xmm0,XMMWORD PTR [rsi]
            0f 11 07                7d  movups XMMWORD PTR [rdi],xmm0
            48 83 c6 10             80  add rsi,0x10
            48 83 c7 10             84  add rdi,0x10
            f6 c2 08                88  test dl,0x8
            74 0e                   8b  je 0x9b
            48 8b 0e                8d  mov rcx,QWORD PTR [rsi]
            48 89 0f                90  mov QWORD PTR [rdi],rcx
            48 83 c6 08             93  add rsi,0x8
            48 83 c7 08             97  add rdi,0x8
            f6 c2 04                9b  test dl,0x4
            74 0c                   9e  je 0xac
            8b 0e                   a0  mov ecx,DWORD PTR [rsi]
            89 0f                   a2  mov DWORD PTR [rdi],ecx
            48 83 c6 04             a4  add rsi,0x4
            48 83 c7 04             a8  add rdi,0x4
            f6 c2 02                ac  test dl,0x2
            74 0e                   af  je 0xbf
            0f b7 0e                b1  movzx ecx,WORD PTR [rsi]
            66 89 0f                b4  mov WORD PTR [rdi],cx
            48 83 c6 02             b7  add rsi,0x2
            48 83 c7 02             bb  add rdi,0x2
            f6 c2 01                bf  test dl,0x1
            74 05                   c2  je 0xc9
            0f b6 0e                c4  movzx ecx,BYTE PTR [rsi]
            88 0f                   c7  mov BYTE PTR [rdi],cl
            ; flush the lines of [rax, r9)
            48 83 e0 c0             c9  and rax,0xffffffffffffffc0
            eb 08                   cd  jmp 0xd7
            66 0f ae 30             cf  clwb BYTE PTR [rax]
            48 83 c0 40             d3  add rax,0x40
            4c 39 c8                d7  cmp rax,r9
            72 f3                   da  jb 0xcf
            c3                      dc  ret
            ; 128 bytes and more: ordinary stores up to a line
            89 f9                   dd  mov ecx,edi
            f7 d9                   df  neg ecx
            83 e1 3f                e1  and ecx,0x3f
            0f 84 85 00 00 00       e4  je 0x16f
            48 89 f8                ea  mov rax,rdi
            48 29 ca                ed  sub rdx,rcx
            f6 c1 01                f0  test cl,0x1
            74 0d                   f3  je 0x102
            44 0f b6 06             f5  movzx r8d,BYTE PTR [rsi]
            44 88 07                f9  mov BYTE PTR [rdi],r8b
            48 ff c6                fc  inc rsi
            48 ff c7                ff  inc rdi
            f6 c1 02               102  test cl,0x2
            74 10                  105  je 0x117
            44 0f b7 06            107  movzx r8d,WORD PTR [rsi]
            66 44 89 07            10b  mov WORD PTR [rdi],r8w
            48 83 c6 02            10f  add rsi,0x2
            48 83 c7 02            113  add rdi,0x2
            f6 c1 04               117  test cl,0x4
            74 0e                  11a  je 0x12a
            44 8b 06               11c  mov r8d,DWORD PTR [rsi]
            44 89 07               11f  mov DWORD PTR [rdi],r8d
            48 83 c6 04            122  add rsi,0x4
            48 83 c7 04            126  add rdi,0x4
            f6 c1 08               12a  test cl,0x8
            74 0e                  12d  je 0x13d
            4c 8b 06               12f  mov r8,QWORD PTR [rsi]
            4c 89 07               132  mov QWORD PTR [rdi],r8
            48 83 c6 08            135  add rsi,0x8
            48 83 c7 08            139  add rdi,0x8
            f6 c1 10               13d  test cl,0x10
            74 0e                  140  je 0x150
            0f 10 06               142  movups xmm0,XMMWORD PTR [rsi]
            0f 11 07               145  movups XMMWORD PTR [rdi],xmm0
            48 83 c6 10            148  add rsi,0x10
            48 83 c7 10            14c  add rdi,0x10
            f6 c1 20               150  test cl,0x20
            74 16                  153  je 0x16b
            0f 10 06               155  movups xmm0,XMMWORD PTR [rsi]
            0f 10 4e 10            158  movups xmm1,XMMWORD PTR [rsi+0x10]
            0f 11 07               15c  movups XMMWORD PTR [rdi],xmm0
            0f 11 4f 10            15f  movups XMMWORD PTR [rdi+0x10],xmm1
            48 83 c6 20            163  add rsi,0x20
            48 83 c7 20            167  add rdi,0x20
            ; the line that holds the head
            66 0f ae 30            16b  clwb BYTE PTR [rax]
            ; whole lines past the cache
            0f 10 06               16f  movups xmm0,XMMWORD PTR [rsi]
            0f 10 4e 10            172  movups xmm1,XMMWORD PTR [rsi+0x10]
            0f 10 56 20            176  movups xmm2,XMMWORD PTR [rsi+0x20]
            0f 10 5e 30            17a  movups xmm3,XMMWORD PTR [rsi+0x30]
            0f 2b 07               17e  movntps XMMWORD PTR [rdi],xmm0
            0f 2b 4f 10            181  movntps XMMWORD PTR [rdi+0x10],xmm1
            0f 2b 57 20            185  movntps XMMWORD PTR [rdi+0x20],xmm2
            0f 2b 5f 30            189  movntps XMMWORD PTR [rdi+0x30],xmm3
            48 83 c6 40            18d  add rsi,0x40
            48 83 c7 40            191  add rdi,0x40
            48 83 ea 40            195  sub rdx,0x40
            48 83 fa 40            199  cmp rdx,0x40
            73 d0                  19d  jae 0x16f
            48 89 f8               19f  mov rax,rdi
            4c 8d 0c 17            1a2  lea r9,[rdi+rdx*1]
            e9 af fe ff ff         1a6  jmp 0x5a
            """;

    private static final String ZERO = """
            ; rdi = to, rsi = offset of the first byte from it, rdx = byte count, not 0
            48 01 f7                 0  add rdi,rsi
            48 89 d6                 3  mov rsi,rdx
            0f 57 c0                 6  xorps xmm0,xmm0
            31 c9                    9  xor ecx,ecx
            48 89 f8                 b  mov rax,rdi
            48 81 fe 80 00 00 00     e  cmp rsi,0x80
            0f 83 8d 00 00 00       15  jae 0xa8
            4c 8d 0c 37             1b  lea r9,[rdi+rsi*1]
            48 83 fe 40             1f  cmp rsi,0x40
            72 23                   23  jb 0x48
            f7 c7 3f 00 00 00       25  test edi,0x3f
            0f 84 d0 00 00 00       2b  je 0x101
            ; 64 to 127 bytes, not at a line: ordinary stores, 64 bytes at once
            0f 11 07                31  movups XMMWORD PTR [rdi],xmm0
            0f 11 47 10             34  movups XMMWORD PTR [rdi+0x10],xmm0
            0f 11 47 20             38  movups XMMWORD PTR [rdi+0x20],xmm0
            0f 11 47 30             3c  movups XMMWORD PTR [rdi+0x30],xmm0
            48 83 c7 40             40  add rdi,0x40
            48 83 ee 40             44  sub rsi,0x40
            ; the last 0 to 63 bytes, by the bits of their count; rax = first byte to flush, r9 = end
            40 f6 c6 20             48  test sil,0x20
            74 0b                   4c  je 0x59
            0f 11 07                4e  movups XMMWORD PTR [rdi],xmm0
            0f 11 47 10             51  movups XMMWORD PTR [rdi+0x10],xmm0
            48 83 c7 20             55  add rdi,0x20
            40 f6 c6 10             59  test sil,0x10
            74 07                   5d  je 0x66
            0f 11 07                5f  movups XMMWORD PTR [rdi],xmm0
            48 83 c7 10             62  add rdi,0x10
            40 f6 c6 08             66  test sil,0x8
            74 07                   6a  je 0x73
            48 89 0f                6c  mov QWORD PTR [rdi],rcx
            48 83 c7 08             6f  add rdi,0x8
            40 f6 c6 04             73  test sil,0x4
            74 06                   77  je 0x7f
            89 0f                   79  mov DWORD PTR [rdi],ecx
            48 83 c7 04             7b  add rdi,0x4
            40 f6 c6 02             7f  test sil,0x2
            74 07                   83  je 0x8c
            66 89 0f                85  mov WORD PTR [rdi],cx
            48 83 c7 02             88  add rdi,0x2
            40 f6 c6 01             8c  test sil,0x1
            74 02                   90  je 0x94
            88 0f                   92  mov BYTE PTR [rdi],cl
            ; flush the lines of [rax, r9)
            48 83 e0 c0             94  and rax,0xffffffffffffffc0
            eb 08                   98  jmp 0xa2
            66 0f ae 30             9a  clwb BYTE PTR [rax]
            48 83 c0 40             9e  add rax,0x40
            4c 39 c8                a2  cmp rax,r9
            72 f3                   a5  jb 0x9a
            c3                      a7  ret
            ; 128 bytes and more: ordinary stores up to a line
            89 fa                   a8  mov edx,edi
            f7 da                   aa  neg edx
            83 e2 3f                ac  and edx,0x3f
            74 50                   af  je 0x101
            48 29 d6                b1  sub rsi,rdx
            f6 c2 01                b4  test dl,0x1
            74 05                   b7  je 0xbe
            88 0f                   b9  mov BYTE PTR [rdi],cl
            48 ff c7                bb  inc rdi
            f6 c2 02                be  test dl,0x2
            74 07                   c1  je 0xca
            66 89 0f                c3  mov WORD PTR [rdi],cx
            48 83 c7 02             c6  add rdi,0x2
            f6 c2 04                ca  test dl,0x4
            74 06                   cd  je 0xd5
            89 0f                   cf  mov DWORD PTR [rdi],ecx
            48 83 c7 04             d1  add rdi,0x4
            f6 c2 08                d5  test dl,0x8
            74 07                   d8  je 0xe1
            48 89 0f                da  mov QWORD PTR [rdi],rcx
            48 83 c7 08             dd  add rdi,0x8
            f6 c2 10                e1  test dl,0x10
            74 07                   e4  je 0xed
            0f 11 07                e6  movups XMMWORD PTR [rdi],xmm0
            48 83 c7 10             e9  add rdi,0x10
            f6 c2 20                ed  test dl,0x20
            74 0b                   f0  je 0xfd
            0f 11 07                f2  movups XMMWORD PTR [rdi],xmm0
            0f 11 47 10             f5  movups XMMWORD PTR [rdi+0x10],xmm0
            48 83 c7 20             f9  add rdi,0x20
            ; the line that holds the head
            66 0f ae 30             fd  clwb BYTE PTR [rax]
            ; whole lines past the cache
            0f 2b 07               101  movntps XMMWORD PTR [rdi],xmm0
            0f 2b 47 10            104  movntps XMMWORD PTR [rdi+0x10],xmm0
            0f 2b 47 20            108  movntps XMMWORD PTR [rdi+0x20],xmm0
            0f 2b 47 30            10c  movntps XMMWORD PTR [rdi+0x30],xmm0
            48 83 c7 40            110  add rdi,0x40
            48 83 ee 40            114  sub rsi,0x40
            48 83 fe 40            118  cmp rsi,0x40
            73 e3                  11c  jae 0x101
            48 89 f8               11e  mov rax,rdi
            4c 8d 0c 37            121  lea r9,[rdi+rsi*1]
            e9 1e ff ff ff         125  jmp 0x48
            """;

    private X86Code() {
    }

    /// @param flush writes a line back
    /// @param evict writes a line back and leaves it in no cache: any but CLWB, which may keep it
    static CodePage.Source source(LineFlush flush, LineFlush evict) {
        assert evict != LineFlush.CLWB;
        return new CodePage.Source(flush.name().toLowerCase(Locale.ROOT) + " + movntps",
                bytes(WHILE, flush), bytes(FLUSH, flush), bytes(PERSIST, flush), bytes(DRAIN, flush),
                bytes(COPY, flush), bytes(ZERO, flush), Listing.assemble(INVALIDATE, (code, instruction) ->
                        instruction.startsWith("clflushopt") ? evict.instead(code) : code));
    }

    private static byte[] bytes(String listing, LineFlush flush) {
        return Listing.assemble(listing,
                (code, instruction) -> instruction.startsWith("clwb") ? flush.instead(code) : code);
    }
}
