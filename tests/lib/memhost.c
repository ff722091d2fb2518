#include "tests/lib/memhost.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "vm/frame.h"
#include "vm/guard.h"

#define BUCKETS 4096u

struct mh_cell {
    struct mh_cell *next;
    struct mc_addr self;
    struct mc_hash slot;
    uint64_t pos;
    struct mc_slice value; /* owned; empty when absent */
};

/* A change of the running call; keeps the old bytes alive, because readers borrow them until its end. */
struct mh_undo {
    struct mh_undo *next;
    struct mh_cell *cell;
    struct mc_slice old;
};

/* ------------------------------------------------------------------ the host */

static void *must(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

static struct mc_slice own(struct mc_slice s)
{
    uint8_t *p = NULL;
    if (s.n > 0)
        memcpy(p = must(malloc(s.n)), s.p, s.n);
    return mc_slice(p, s.n);
}

static struct mh_cell **find(struct memhost *h, const struct mc_addr *self,
                             const struct mc_hash *slot, uint64_t pos)
{
    uint32_t i = (mc_be32_get(slot->b) ^ self->b[19] ^ (uint32_t)pos) % BUCKETS;
    struct mh_cell **at = &h->table[i];
    while (*at != NULL &&
           !(mc_addr_eq(&(*at)->self, self) && mc_hash_eq(&(*at)->slot, slot) && (*at)->pos == pos))
        at = &(*at)->next;
    return at;
}

/* True when the test asked for this host call to fail. */
static bool fails(struct memhost *h)
{
    return h->fail_after > 0 && --h->fail_after == 0;
}

static enum mc_err load(void *ctx, const struct mc_addr *self, const struct mc_hash *slot,
                        uint64_t pos, struct mc_slice *out)
{
    struct memhost *h = ctx;
    struct mh_cell *cell = *find(h, self, slot, pos);
    if (fails(h))
        return MC_EIO;
    *out = cell == NULL ? mc_slice(NULL, 0) : cell->value;
    return MC_OK;
}

static enum mc_err save(void *ctx, const struct mc_addr *self, const struct mc_hash *slot,
                        uint64_t pos, enum vm_word word, struct mc_slice value)
{
    struct memhost *h = ctx;
    struct mh_cell **at = find(h, self, slot, pos), *cell = *at;
    struct mh_undo *undo;
    if (fails(h))
        return MC_EIO;
    /* An integer's word is the integer, so its bytes must be the shortest. */
    assert_true(word != VM_WORD_INT || value.n == 0 || (value.n <= 32 && value.p[0] != 0));
    if (cell == NULL) {
        cell = *at = must(calloc(1, sizeof *cell));
        cell->self = *self;
        cell->slot = *slot;
        cell->pos = pos;
    }
    undo = must(malloc(sizeof *undo));
    *undo = (struct mh_undo){h->undo, cell, cell->value};
    h->undo = undo;
    h->cell_cnt += (value.n > 0) - (cell->value.n > 0);
    cell->value = own(value);
    return MC_OK;
}

static enum mc_err log_entry(void *ctx, const struct mc_addr *self, const struct mc_hash *topics,
                             uint32_t topic_cnt, struct mc_slice data)
{
    struct memhost *h = ctx;
    struct mh_log *l;
    if (fails(h))
        return MC_EIO;
    assert_true(topic_cnt >= 1 && topic_cnt <= 4);
    h->logs = must(realloc(h->logs, (h->log_cnt + 1) * sizeof *h->logs));
    l = &h->logs[h->log_cnt++];
    l->self = *self;
    memcpy(l->topics, topics, topic_cnt * sizeof *topics);
    l->topic_cnt = topic_cnt;
    l->data = own(data);
    return MC_OK;
}

static enum mc_err code_hash(void *ctx, const struct mc_addr *addr, struct mc_hash *out)
{
    struct memhost *h = ctx;
    *out = MC_HASH_ZERO;
    if (fails(h))
        return MC_EIO;
    for (uint32_t i = 0; i < h->deployed_cnt; i++) {
        if (mc_addr_eq(&h->deployed[i].addr, addr))
            *out = *vm_module_code_hash(h->deployed[i].module);
    }
    for (uint32_t i = 0; i < vm_module_cnt(); i++) {
        const struct vm_module *m = vm_module_at(i);
        if (mc_addr_eq(vm_module_well_known(m), addr))
            *out = *vm_module_code_hash(m);
    }
    return MC_OK;
}

static void settle(struct memhost *h, bool keep)
{
    while (h->undo != NULL) {
        struct mh_undo *u = h->undo;
        struct mc_slice drop = u->old;
        if (!keep) {
            drop = u->cell->value;
            h->cell_cnt += (u->old.n > 0) - (drop.n > 0);
            u->cell->value = u->old;
        }
        h->undo = u->next;
        free((void *)(uintptr_t)drop.p);
        free(u);
    }
}

static void drop_logs(struct memhost *h)
{
    for (uint32_t i = 0; i < h->log_cnt; i++)
        free((void *)(uintptr_t)h->logs[i].data.p);
    h->log_cnt = 0;
}

/* ------------------------------------------------------------------ a chain */

static struct vm_env env_of(struct memhost *h)
{
    return (struct vm_env){&h->host, &VM_GAS_DEFAULT, h->block_number, h->time_s, &h->arena};
}

struct memhost *memhost_new_genesis(const struct vm_genesis *g)
{
    struct memhost *h = must(calloc(1, sizeof *h));
    struct mc_errmsg em = {""};
    struct vm_env env;
    vm_init();
    h->host = (struct vm_host){h, load, save, log_entry, code_hash};
    h->table = must(calloc(BUCKETS, sizeof(struct mh_cell *)));
    h->time_s = 1700000000;
    env = env_of(h);
    if (vm_genesis_apply(&env, g, &em) != MC_OK)
        fail_msg("genesis: %s", em.text);
    settle(h, true);
    h->cell_cnt = 0;
    h->caller = memhost_account(0);
    h->block_number = 1;
    h->gas = 30000000;
    return h;
}

struct memhost *memhost_new(void)
{
    static const struct vm_genesis_param params[] = {{"chain.permissioned", {{0}}}};
    struct vm_genesis g = {
        .params = params,
        .param_cnt = MC_COUNT(params),
        .unit_name = "Service Unit",
        .unit_symbol = "SVU",
        .unit_decimals = 2,
    };
    return memhost_new_genesis(&g);
}

void memhost_free(struct memhost *h)
{
    settle(h, true);
    drop_logs(h);
    free(h->logs);
    for (uint32_t i = 0; i < BUCKETS; i++) {
        while (h->table[i] != NULL) {
            struct mh_cell *cell = h->table[i];
            h->table[i] = cell->next;
            free((void *)(uintptr_t)cell->value.p);
            free(cell);
        }
    }
    free(h->table);
    mc_arena_free(&h->arena);
    mc_buf_free(&h->text);
    free(h);
}

struct mc_addr memhost_account(uint32_t i)
{
    struct mc_addr a = {{0}};
    a.b[15] = 0xaa;
    mc_be32_put(a.b + 16, i);
    return a;
}

const char *memhost_account_json(uint32_t i)
{
    static char text[8][48];
    static uint32_t turn;
    struct mc_addr a = memhost_account(i);
    char *out = text[turn++ % 8];
    char hex[43];
    mc_addr_checksum(hex, &a);
    snprintf(out, sizeof text[0], "\"%s\"", hex);
    return out;
}

void memhost_grant(struct memhost *h, struct mc_addr account, uint32_t roles)
{
    const struct vm_module *m = vm_module_by_name(mc_slice_str("AccessControl"));
    struct vm_genesis_account one = {.account = account, .member_i = UINT32_MAX, .roles = roles};
    struct vm_genesis g = {.accounts = &one, .account_cnt = 1};
    struct vm_env env = env_of(h);
    struct mc_errmsg em = {""};
    uint32_t cell_cnt = h->cell_cnt;
    struct vm_frame f;
    struct vm_call c;
    mc_arena_reset(&h->arena);
    vm_frame_init(&f, &env, UINT64_MAX);
    c = vm_frame_call(&f, m, vm_module_well_known(m), &MC_ADDR_ZERO);
    if (vm_ac_genesis(&c, &g, &em) != MC_OK)
        fail_msg("roles: %s", em.text);
    vm_frame_free(&f);
    settle(h, true);
    h->cell_cnt = cell_cnt;
}

/* ------------------------------------------------------------------ calls */

static const struct vm_module *module_of(const char *name)
{
    const struct vm_module *m = vm_module_by_name(mc_slice_str(name));
    if (m == NULL)
        fail_msg("no module %s", name);
    return m;
}

/* Pointers into h->text only when everything is there: the buffer moves while it grows. */
static void describe(struct memhost *h, struct mh_res *r, const struct vm_module *m,
                     const char *method)
{
    struct mc_errmsg em;
    char reason[512];
    size_t json, logs;
    vm_revert_reason(reason, sizeof reason, r->err == MC_EREVERT ? r->output : mc_slice("", 0));
    mc_buf_put(&h->text, reason, strlen(reason) + 1);
    json = h->text.n;
    if (r->err == MC_OK && method != NULL &&
        vm_result_to_json(&h->text, m, method, r->output, &em) != MC_OK)
        fail_msg("%s", em.text);
    mc_buf_put_u8(&h->text, 0);
    logs = h->text.n;
    for (uint32_t i = 0; i < h->log_cnt; i++) {
        const struct mh_log *l = &h->logs[i];
        struct mc_hash code;
        const struct vm_module *lm = m;
        (void)code_hash(h, &l->self, &code);
        if (vm_module_by_code_hash(&code) != NULL)
            lm = vm_module_by_code_hash(&code);
        if (vm_log_to_json(&h->text, lm, l->topics, l->topic_cnt, l->data, &em) != MC_OK)
            fail_msg("%s", em.text);
        mc_buf_put_u8(&h->text, '\n');
    }
    mc_buf_put_u8(&h->text, 0);
    r->reason = (const char *)h->text.p;
    r->json = r->reason + json;
    r->logs = r->reason + logs;
}

static void run(struct memhost *h, struct mh_res *r, const struct vm_module *m, struct mc_addr self,
                const char *method, const struct mc_slice *input)
{
    struct vm_env env = env_of(h);
    struct vm_msg msg = {m, self, h->caller, h->has_value, mc_slice(NULL, 0), h->gas};
    struct vm_result res;
    if (input != NULL)
        msg.input = *input;
    mc_arena_reset(&h->arena);
    mc_buf_reset(&h->text);
    drop_logs(h);
    r->err = input != NULL ? vm_run(&res, &env, &msg) : vm_create(&res, &env, &msg);
    settle(h, r->err == MC_OK);
    if (r->err != MC_OK)
        drop_logs(h);
    r->output = res.output;
    r->gas_used = h->gas - res.gas_left;
    describe(h, r, m, method);
}

void memhost_call_at(struct memhost *h, struct mh_res *r, const char *module, struct mc_addr self,
                     const char *method, const char *args_json)
{
    const struct vm_module *m = module_of(module);
    struct mc_json_doc *doc = NULL;
    struct mc_buf data = {0};
    struct mc_slice input;
    struct mc_errmsg em;
    if (mc_json_parse(&doc, mc_slice_str(args_json), MC_JSON_DEPTH_MAX, &em) != MC_OK ||
        vm_call_data_from_json(&data, m, method, mc_json_root(doc), &em) != MC_OK)
        fail_msg("%s.%s%s: %s", module, method, args_json, em.text);
    input = mc_buf_slice(&data);
    run(h, r, m, self, method, &input);
    mc_buf_free(&data);
    mc_json_free(doc);
}

void memhost_call(struct memhost *h, struct mh_res *r, const char *module, const char *method,
                  const char *args_json)
{
    memhost_call_at(h, r, module, *vm_module_well_known(module_of(module)), method, args_json);
}

void memhost_call_data(struct memhost *h, struct mh_res *r, const char *module, struct mc_addr self,
                       struct mc_slice input)
{
    run(h, r, module_of(module), self, NULL, &input);
}

void memhost_create(struct memhost *h, struct mh_res *r, const char *module, struct mc_addr self)
{
    const struct vm_module *m = module_of(module);
    run(h, r, m, self, NULL, NULL);
    if (r->err != MC_OK)
        return;
    assert_true(h->deployed_cnt < MC_COUNT(h->deployed));
    h->deployed[h->deployed_cnt].addr = self;
    h->deployed[h->deployed_cnt++].module = m;
}

void memhost_ok(struct memhost *h, const char *module, const char *method, const char *args_json,
                const char *result_json)
{
    struct mh_res r;
    memhost_call(h, &r, module, method, args_json);
    if (r.err != MC_OK)
        fail_msg("%s.%s%s: %s: %s", module, method, args_json, mc_err_text(r.err), r.reason);
    if (strcmp(r.json, result_json) != 0)
        fail_msg("%s.%s%s\n  gave     %s\n  expected %s", module, method, args_json, r.json,
                 result_json);
}

void memhost_reverts(struct memhost *h, const char *module, const char *method,
                     const char *args_json, const char *reason)
{
    struct mh_res r;
    memhost_call(h, &r, module, method, args_json);
    if (r.err != MC_EREVERT || strcmp(r.reason, reason) != 0)
        fail_msg("%s.%s%s\n  gave     %s: \"%s\"\n  expected a revert: \"%s\"", module, method,
                 args_json, mc_err_text(r.err), r.reason, reason);
}

void memhost_logged(struct memhost *h, const char *lines)
{
    const char *logs = (const char *)h->text.p;
    logs += strlen(logs) + 1;
    logs += strlen(logs) + 1;
    if (strcmp(logs, lines) != 0)
        fail_msg("logged\n%sexpected\n%s", logs, lines);
}
