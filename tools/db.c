/* medichain db check: does a store say what its blocks say? */
#include <inttypes.h>
#include <stdio.h>

#include "genesis/genesis.h"
#include "tools/opts.h"
#include "tools/say.h"

static void progress(void *arg, uint64_t number, uint64_t head)
{
    tool_progress(arg, number, head);
}

struct check {
    const char *data_dir, *genesis;
    bool json;
    struct gen *g;
    struct ledger *l;
    struct ledger_head head;
};

static enum mc_err run(struct check *c, struct mc_errmsg *em)
{
    struct store *store = NULL;
    struct mc_hash hash;
    char path[2048];
    struct tool_progress p = {.what = "checked block"};
    snprintf(path, sizeof path, "%s/%s", c->data_dir, "db");
    struct store_cfg cfg = {.path = path, .read_only = true};
    enum mc_err err = gen_load(&c->g, c->genesis, em);
    if (err == MC_OK)
        err = gen_hash(&hash, c->g, em);
    if (err == MC_OK)
        err = store_rocksdb_open(&store, &cfg, em);
    if (err == MC_OK) {
        err = ledger_open(&c->l, store, gen_ledger_cfg(c->g), &hash, em);
        if (err != MC_OK)
            store->ops->close(store);
    }
    if (err != MC_OK)
        return err;
    ledger_head(c->l, &c->head);
    return ledger_check(c->l, gen_ledger_genesis(c->g), c->json ? NULL : progress, &p, em);
}

static int report(const struct check *c)
{
    char hex[65];
    mc_hex_encode(hex, c->head.hash.b, 32);
    if (c->json)
        printf("{\"sound\":true,\"head\":%" PRIu64 ",\"hash\":\"0x%s\"}\n", c->head.number, hex);
    else
        printf("sound: %" PRIu64 " blocks, head 0x%s\n", c->head.number, hex);
    return TOOL_OK;
}

int tool_db_check(int argc, char **argv)
{
    struct check c = {0};
    const struct tool_opt opts[] = {
        TOOL_TEXT("--data-dir", &c.data_dir, "DIR", "the node's dataDir (required; stop it first)"),
        TOOL_TEXT("--genesis", &c.genesis, "FILE", "the chain's genesis file (required)"),
        TOOL_FLAG("--json", &c.json, "the answer as JSON"),
    };
    const struct tool_usage u = {
        "medichain db check --data-dir DIR --genesis FILE",
        "Executes the whole chain again beside the store and compares roots, receipts and "
        "indexes.\n"
        "Exit status 1 when they differ; nothing is changed.",
        "medichain db check --data-dir devnet/node0/data --genesis devnet/genesis.json",
        opts,
        MC_COUNT(opts),
        0,
        0};
    struct mc_errmsg em = {{0}};
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    if (c.data_dir == NULL || c.genesis == NULL)
        return tool_bad_usage("--data-dir DIR and --genesis FILE are both needed");
    enum mc_err err = run(&c, &em);
    rc = err == MC_OK ? report(&c) : TOOL_NO;
    if (err == MC_EBUSY)
        tool_error("%s; stop the node first (`medichain devnet stop`)", em.text);
    else if (err != MC_OK)
        tool_error("%s", em.text);
    if (err != MC_OK && c.json) {
        struct mc_buf b = {0};
        mc_buf_put_str(&b, "{\"sound\":false,\"why\":");
        mc_json_put_str(&b, mc_slice_str(em.text));
        mc_buf_put_u8(&b, '}');
        tool_put(&b);
        mc_buf_free(&b);
    }
    if (c.l != NULL)
        ledger_close(c.l);
    gen_free(c.g);
    return rc;
}
