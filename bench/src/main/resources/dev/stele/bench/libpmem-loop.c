/* The loops around libpmem's functions that Stele is measured beside; the same walk as Places.java. */
#include <stddef.h>
#include <stdint.h>

void pmem_persist(const void *address, size_t length);
void *pmem_memcpy_persist(void *to, const void *from, size_t length);

enum { LINE_BYTES = 64, BLOCK_BYTES = 4096 };

static uint64_t next(uint64_t state) {
    return state * 6364136223846793005ULL + 1442695040888963407ULL;
}

static uint64_t place(uint64_t state, uint64_t count) {
    return (state >> 33) * count >> 31;
}

/* Stores eight bytes into random lines and makes each durable; the state after the last. */
uint64_t persist_lines(char *memory, uint64_t line_count, uint64_t operation_count, uint64_t state, uint64_t value) {
    for (uint64_t i = 0; i < operation_count; i++) {
        state = next(state);
        volatile uint64_t *line = (volatile uint64_t *)(memory + place(state, line_count) * LINE_BYTES);
        *line = value + i;
        pmem_persist((const void *)line, LINE_BYTES);
    }
    return state;
}

/* Copies a block to random places and makes each durable; the state after the last. */
uint64_t copy_blocks(char *memory, uint64_t block_count, uint64_t operation_count, uint64_t state, uint64_t value,
                     uint64_t *source) {
    for (uint64_t i = 0; i < operation_count; i++) {
        state = next(state);
        source[0] = value + i;
        pmem_memcpy_persist(memory + place(state, block_count) * BLOCK_BYTES, source, BLOCK_BYTES);
    }
    return state;
}
