/*
 * The BLAKE3 compression of LANES independent inputs at once, one input per vector lane.
 *
 * A template: the including file defines LANES, LANES_NAME, LANES_TARGET (a function attribute or
 * nothing), ROTATE16/12/8/7 over the vector type `lanes`, and LOAD_BLOCK(job, offset, m), which
 * leaves word w of every lane's block in m[w]. Every index is a constant after unrolling, so state
 * and message live in registers where there are 32 of them.
 */
#define MIX(a, b, c, d, x, y)                       \
    do {                                            \
        v[a] = (v[a] + m[x]) + v[b];                \
        v[d] = ROTATE16(v[d] ^ v[a]);               \
        v[c] = v[c] + v[d];                         \
        v[b] = ROTATE12(v[b] ^ v[c]);               \
        v[a] = (v[a] + m[y]) + v[b];                \
        v[d] = ROTATE8(v[d] ^ v[a]);                \
        v[c] = v[c] + v[d];                         \
        v[b] = ROTATE7(v[b] ^ v[c]);                \
    } while (0)

#define ROUND(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15) \
    do {                                            \
        MIX(0, 4, 8, 12, s0, s1);                   \
        MIX(1, 5, 9, 13, s2, s3);                   \
        MIX(2, 6, 10, 14, s4, s5);                  \
        MIX(3, 7, 11, 15, s6, s7);                  \
        MIX(0, 5, 10, 15, s8, s9);                  \
        MIX(1, 6, 11, 12, s10, s11);                \
        MIX(2, 7, 8, 13, s12, s13);                 \
        MIX(3, 4, 9, 14, s14, s15);                 \
    } while (0)

LANES_TARGET
void LANES_NAME(const struct lane_job *job, uint8_t *out) {
    lanes h[8], v[16], m[16];
    uint32_t low[LANES], high[LANES];
    for (int lane = 0; lane < LANES; lane++) {
        uint64_t counter = job->counter + (uint64_t)lane * job->counter_step;
        low[lane] = (uint32_t)counter;
        high[lane] = (uint32_t)(counter >> 32);
    }
    lanes counter_low, counter_high;
    memcpy(&counter_low, low, sizeof low);
    memcpy(&counter_high, high, sizeof high);
    for (int word = 0; word < 8; word++) h[word] = (lanes){0} + plasmid_blake3_iv[word];

    for (size_t block = 0; block < job->blocks; block++) {
        uint32_t flags = job->flags;
        if (block == 0) flags |= job->flags_first;
        if (block + 1 == job->blocks) flags |= job->flags_last;
        LOAD_BLOCK(job, block * BLOCK_BYTES, m);
        for (int word = 0; word < 8; word++) v[word] = h[word];
        for (int word = 0; word < 4; word++) v[8 + word] = (lanes){0} + plasmid_blake3_iv[word];
        v[12] = counter_low;
        v[13] = counter_high;
        v[14] = (lanes){0} + (uint32_t)BLOCK_BYTES;
        v[15] = (lanes){0} + flags;
        ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        ROUND(2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8);
        ROUND(3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1);
        ROUND(10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6);
        ROUND(12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4);
        ROUND(9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7);
        ROUND(11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13);
        for (int word = 0; word < 8; word++) h[word] = v[word] ^ v[word + 8];
    }
    for (int word = 0; word < 8; word++) {
        memcpy(low, &h[word], sizeof low);
        for (int lane = 0; lane < LANES; lane++) {
            memcpy(out + lane * VALUE_BYTES + word * 4, &low[lane], 4);
        }
    }
}

#undef MIX
#undef ROUND
