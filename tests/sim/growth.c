/* What a block costs as validators are added: counted on a fault-free simulated network, not timed. */
#include "tests/sim/net.h"
#include "tests/sim/sim.h"

enum { BLOCKS = 10 };

struct row {
    double msgs, bytes, ms;
};

static struct row measure(uint32_t n, uint32_t wan_ms)
{
    struct net *net = net_new(n, 0, 1);
    struct row r = {0};
    uint64_t msgs, bytes, ms;

    net->wan_ms = wan_ms;
    net_start_all(net);
    if (!net_run(net, 2, 600000))
        net_fail(net, "no block");
    msgs = net->msg_cnt;
    bytes = net->byte_cnt;
    ms = net->now_ms;
    if (!net_run(net, 2 + BLOCKS, 600000) || net->failure[0] != '\0')
        printf("n=%u: %s\n", n, net->failure);
    r.msgs = (double)(net->msg_cnt - msgs) / BLOCKS;
    r.bytes = (double)(net->byte_cnt - bytes) / BLOCKS;
    r.ms = (double)(net->now_ms - ms) / BLOCKS;
    net_free(net);
    return r;
}

void sim_growth(void)
{
    static const uint32_t sizes[] = {4, 7, 10, 16, 31};
    static const uint32_t delays[] = {0, 10, 40};
    printf("| n | survives faulty | messages | bytes | sent by one validator | blocks/s LAN (1 ms) "
           "| blocks/s 10 ms | blocks/s 40 ms |\n|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < MC_COUNT(sizes); i++) {
        struct row r = measure(sizes[i], 0);
        printf("| %u | %u | %.0f | %.0f | %.0f | %.0f |", sizes[i], cons_faults(sizes[i]), r.msgs,
               r.bytes, r.bytes / sizes[i], 1000 / r.ms);
        for (size_t d = 1; d < MC_COUNT(delays); d++)
            printf(" %.1f |", 1000 / measure(sizes[i], delays[d]).ms);
        printf("\n");
    }
}
