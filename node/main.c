/* medichaind: reads the configuration, sets up logging, and hands over to the node. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>

#include "base/base.h"
#include "node/node_uv.h"
#include "vm/vm.h"

static enum mc_log_level level_of(const char *name)
{
    switch (name[0]) {
    case 'e':
        return MC_LOG_ERROR;
    case 'w':
        return MC_LOG_WARN;
    case 'd':
        return MC_LOG_DEBUG;
    default:
        return MC_LOG_INFO;
    }
}

/* Block bodies and batches are large and short-lived: from glibc's default of eight arenas a core, and a threshold that
 * grows with what was freed, they would stay resident for good.  Measured at 110,000 records: 150 MB before, 100 after. */
static void bound_heap(void)
{
    (void)mallopt(M_ARENA_MAX, 2);
    (void)mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
    (void)mallopt(M_TRIM_THRESHOLD, 4 * 1024 * 1024);
}

int main(int argc, char **argv)
{
    static struct node_cfg cfg;
    struct mc_errmsg em = {{0}};
    int status = 1;

    bound_heap();
    signal(SIGPIPE,
           SIG_IGN); /* a client that went away is an error of one write, not of the process */
    switch (node_cfg_read(&cfg, argc, argv, &em)) {
    case NODE_CFG_EXIT_OK:
        return 0;
    case NODE_CFG_EXIT_USAGE:
        fprintf(stderr, "medichaind: %s\n", em.text);
        return 2;
    case NODE_CFG_EXIT_BAD:
        fprintf(stderr, "medichaind: %s\n", em.text);
        return 1;
    case NODE_CFG_RUN:
        break;
    }
    mc_log_set_level(level_of(cfg.log_level));
    mc_log_set_json(cfg.log_json);
    if (mc_crypto_init(&em) == MC_OK) {
        vm_init();
        status = cfg.check_only ? node_check(&cfg, &em) : node_run(&cfg, &em);
    }
    if (status != 0 && em.text[0] != 0)
        fprintf(stderr, "medichaind: %s\n", em.text);
    return status;
}
