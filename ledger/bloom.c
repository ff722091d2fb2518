/* Log blooms: yellow paper 4.3.1, M3:2048. */
#include "ledger/block.h"

struct bloom_bits {
    uint16_t byte[3];
    uint8_t mask[3];
};

/* Three 11-bit numbers from the hash's first six bytes; bit 0 is the last bit of the filter. */
static struct bloom_bits bits_of(struct mc_slice item)
{
    struct bloom_bits bits;
    struct mc_hash h;

    mc_keccak256(&h, item);
    for (size_t i = 0; i < 3; i++) {
        unsigned bit = ((unsigned)h.b[2 * i] << 8 | h.b[2 * i + 1]) & 2047u;
        bits.byte[i] = (uint16_t)(255u - bit / 8);
        bits.mask[i] = (uint8_t)(1u << bit % 8);
    }
    return bits;
}

void ledger_bloom_add(struct ledger_bloom *bloom, struct mc_slice item)
{
    struct bloom_bits bits = bits_of(item);

    for (size_t i = 0; i < 3; i++)
        bloom->b[bits.byte[i]] |= bits.mask[i];
}

void ledger_bloom_or(struct ledger_bloom *bloom, const struct ledger_bloom *other)
{
    for (size_t i = 0; i < sizeof bloom->b; i++)
        bloom->b[i] |= other->b[i];
}

bool ledger_bloom_has(const struct ledger_bloom *bloom, struct mc_slice item)
{
    struct bloom_bits bits = bits_of(item);

    for (size_t i = 0; i < 3; i++) {
        if ((bloom->b[bits.byte[i]] & bits.mask[i]) == 0)
            return false;
    }
    return true;
}
