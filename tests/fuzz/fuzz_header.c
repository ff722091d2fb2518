/* Headers: what is accepted comes back byte for byte. */
#include <stdlib.h>

#include "ledger/ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_header h;
    struct mc_errmsg em = {{0}};
    struct mc_buf b = {0};

    if (ledger_header_decode(&h, mc_slice(data, size), &em) != MC_OK) {
        if (em.text[0] == '\0')
            abort();
        return 0;
    }
    ledger_header_encode(&b, &h);
    if (b.oom || !mc_slice_eq(mc_buf_slice(&b), mc_slice(data, size)))
        abort();
    (void)ledger_header_time_ms(&h);
    mc_buf_free(&b);
    return 0;
}
