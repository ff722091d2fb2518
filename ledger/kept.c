/* Blocks held decoded: reference counted, immutable. */
#include <stdlib.h>

#include "ledger/internal.h"

struct kept_block *ledger_kept_new(void)
{
    struct kept_block *k = calloc(1, sizeof *k);

    if (k == NULL)
        return NULL;
    atomic_init(&k->refs, 1);
    mc_arena_init(&k->arena, 0);
    return k;
}

struct kept_block *ledger_kept_ref(struct kept_block *k)
{
    atomic_fetch_add(&k->refs, 1);
    return k;
}

void ledger_kept_unref(struct kept_block *k)
{
    if (k == NULL || atomic_fetch_sub(&k->refs, 1) != 1)
        return;
    for (uint32_t i = 0; i < k->tx_cnt; i++)
        ledger_tx_unref(k->txs[i]);
    free(k->txs);
    free(k->receipts);
    free(k->log_first);
    mc_arena_free(&k->arena);
    free(k);
}

struct kept_block *ledger_kept(struct ledger *l, uint64_t number)
{
    struct kept_block *found = NULL;

    pthread_mutex_lock(&l->mu);
    for (uint32_t i = 0; i < KEPT_BLOCKS_MAX && l->kept[i] != NULL; i++)
        if (l->kept[i]->header.number == number)
            found = ledger_kept_ref(l->kept[i]);
    pthread_mutex_unlock(&l->mu);
    return found;
}
