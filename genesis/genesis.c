/* Reading a genesis file: each key has one reader; unknown keys are refused, so that a slip in a name is found at
 * once and not when a rule turns out not to hold. */
#include "genesis/genesis.h"

#include <inttypes.h>
#include <stdlib.h>

#define GEN_PEOPLE_MAX      100000u /* members, accounts: bounds memory before anything is allocated */
#define GEN_ARENA_BYTES_MAX (128u * 1024u * 1024u)

struct gen {
    struct mc_arena arena;
    struct gen_spec spec;
    struct ledger_cfg cfg;
    struct ledger_genesis ledger;
};

/* One key of the top-level object. */
struct reader {
    const char *key;
    bool required;
    enum mc_err (*read)(struct gen *g, const struct mc_json *v, struct mc_errmsg *em);
};

static enum mc_err read_addr(struct mc_addr *out, const struct mc_json *v, const char *key,
                             struct mc_errmsg *em)
{
    enum mc_err err = MC_EMALFORM;
    if (mc_json_type(v) != MC_JSON_STRING)
        mc_errf(em, "not a string with an address");
    else
        err = mc_hex_fixed(out->b, 20, mc_json_str(v), em);
    if (err != MC_OK)
        mc_errwrap(em, "\"%s\"", key);
    return err;
}

static enum mc_err read_amount(struct mc_u256 *out, const struct mc_json *v, const char *key,
                               struct mc_errmsg *em)
{
    uint64_t small = 0;
    enum mc_err err;
    if (mc_json_type(v) == MC_JSON_INT && mc_json_u64(v, &small)) {
        *out = mc_u256_u64(small);
        return MC_OK;
    }
    if (mc_json_type(v) != MC_JSON_STRING)
        return mc_fail(em, MC_EMALFORM, "\"%s\": neither a number nor a string with one", key);
    struct mc_slice text = mc_json_str(v);
    bool hex = text.n >= 2 && text.p[0] == '0' && text.p[1] == 'x';
    err = hex ? mc_u256_from_hex(out, text, em) : mc_u256_from_dec(out, text, em);
    if (err != MC_OK)
        mc_errwrap(em, "\"%s\"", key);
    return err;
}

static enum mc_err read_u64(uint64_t *out, const struct mc_json *v, const char *key, uint64_t min,
                            uint64_t max, struct mc_errmsg *em)
{
    if (!mc_json_u64(v, out))
        return mc_fail(em, MC_EMALFORM, "\"%s\": not a whole number", key);
    if (*out < min || *out > max)
        return mc_fail(em, MC_EINVAL, "\"%s\": %" PRIu64 " is outside %" PRIu64 "..%" PRIu64, key,
                       *out, min, max);
    return MC_OK;
}

/* A copy as a C string; texts with a NUL inside are refused. */
static enum mc_err read_text(struct gen *g, const char **out, const struct mc_json *v,
                             const char *key, size_t bytes_max, struct mc_errmsg *em)
{
    struct mc_slice s = mc_json_str(v);
    if (mc_json_type(v) != MC_JSON_STRING || s.n == 0)
        return mc_fail(em, MC_EMALFORM, "\"%s\": not a string, or empty", key);
    if (s.n > bytes_max || memchr(s.p, 0, s.n) != NULL)
        return mc_fail(em, MC_EINVAL, "\"%s\": longer than %zu bytes, or holds a NUL", key,
                       bytes_max);
    char *copy = mc_arena_alloc(&g->arena, s.n + 1);
    if (copy == NULL)
        return mc_fail(em, MC_ENOMEM, "\"%s\": out of memory", key);
    memcpy(copy, s.p, s.n);
    copy[s.n] = 0;
    *out = copy;
    return MC_OK;
}

/* An array of `size` byte elements in the arena, one for each element of v. */
static enum mc_err new_array(struct gen *g, void *out, const struct mc_json *v, size_t size,
                             const char *key, uint32_t max, uint32_t *cnt, struct mc_errmsg *em)
{
    size_t n = mc_json_len(v);
    if (n > max)
        return mc_fail(em, MC_ELIMIT, "\"%s\": more than %u entries", key, max);
    void *p = mc_arena_calloc(&g->arena, n == 0 ? 1 : n, size);
    if (p == NULL)
        return mc_fail(em, MC_ENOMEM, "\"%s\": out of memory", key);
    memcpy(out, &p, sizeof p);
    *cnt = (uint32_t)n;
    return MC_OK;
}

struct key_check {
    const char *const *allowed;
    size_t cnt;
    struct mc_errmsg *em;
    bool bad;
};

static bool check_key(void *arg, struct mc_slice key, const struct mc_json *val)
{
    struct key_check *c = arg;
    (void)val;
    for (size_t i = 0; i < c->cnt; i++) {
        if (mc_slice_eq(key, mc_slice_str(c->allowed[i])))
            return true;
    }
    mc_errf(c->em, "unknown key \"%.*s\"", (int)(key.n > 64 ? 64 : key.n), (const char *)key.p);
    c->bad = true;
    return false;
}

static enum mc_err only_keys(const struct mc_json *v, const char *const *allowed, size_t cnt,
                             struct mc_errmsg *em)
{
    struct key_check c = {allowed, cnt, em, false};
    if (mc_json_type(v) != MC_JSON_OBJECT)
        return mc_fail(em, MC_EMALFORM, "not an object");
    mc_json_each(v, check_key, &c);
    return c.bad ? MC_EMALFORM : MC_OK;
}

static enum mc_err read_format(struct gen *g, const struct mc_json *v, struct mc_errmsg *em)
{
    uint64_t format = 0;
    (void)g;
    if (!mc_json_u64(v, &format))
        return mc_fail(em, MC_EMALFORM, "\"format\": not a whole number");
    if (format != GEN_FORMAT)
        return mc_fail(em, MC_EMISMATCH,
                       "\"format\": %" PRIu64 ", this program reads format %u: use the version of "
                       "MediChain that made the file, or a newer one",
                       format, GEN_FORMAT);
    return MC_OK;
}

static enum mc_err read_chain_id(struct gen *g, const struct mc_json *v, struct mc_errmsg *em)
{
    return read_u64(&g->spec.chain_id, v, "chainId", 1, (UINT64_C(1) << 53) - 1, em);
}

static enum mc_err read_time(struct gen *g, const struct mc_json *v, struct mc_errmsg *em)
{
    return read_u64(&g->spec.time_ms, v, "timeMs", 1, (UINT64_C(1) << 53) - 1, em);
}

static enum mc_err read_base_fee(struct gen *g, const struct mc_json *v, struct mc_errmsg *em)
{
    return read_amount(&g->spec.base_fee, v, "baseFeePerGas", em);
}

static enum mc_err read_unit(struct gen *g, const struct mc_json *v, struct mc_errmsg *em)
{
    static const char *const keys[] = {"name", "symbol", "decimals"};
    uint64_t decimals = 0;
    enum mc_err err = only_keys(v, keys, MC_COUNT(keys), em);
    if (err == MC_OK)
        err = read_text(g, &g->spec.unit_name, mc_json_get(v, "name"), "name", 64, em);
    if (err == MC_OK)
        err = read_text(g, &g->spec.unit_symbol, mc_json_get(v, "symbol"), "symbol", 16, em);
    if (err == MC_OK)
        err = read_u64(&decimals, mc_json_get(v, "decimals"), "decimals", 0, 36, em);
    if (err != MC_OK) {
        mc_errwrap(em, "\"unit\"");
        return err;
    }
    g->spec.unit_decimals = (uint8_t)decimals;
    return MC_OK;
}

static enum mc_err read_gas(struct gen *g, const struct mc_json *v, struct mc_errmsg *em)
{
    static const char *const keys[] = {"call",     "storedByte", "indexEntry", "log",
                                       "logTopic", "logByte",    "viewLoad"};
    uint64_t *fields[] = {&g->spec.gas.call,     &g->spec.gas.stored_byte, &g->spec.gas.index_entry,
                          &g->spec.gas.log,      &g->spec.gas.log_topic,   &g->spec.gas.log_byte,
                          &g->spec.gas.view_load};
    _Static_assert(MC_COUNT(keys) == MC_COUNT(fields), "one field for each key");
    enum mc_err err = only_keys(v, keys, MC_COUNT(keys), em);
    for (size_t i = 0; err == MC_OK && i < MC_COUNT(keys); i++)
        err = read_u64(fields[i], mc_json_get(v, keys[i]), keys[i], 0, 1000000, em);
    if (err != MC_OK)
        mc_errwrap(em, "\"gas\"");
    return err;
}

static enum mc_err read_members(struct gen *g, const struct mc_json *v, struct mc_errmsg *em)
{
    static const char *const keys[] = {"account", "name"};
    struct gen_spec *s = &g->spec;
    enum mc_err err =
        new_array(g, &s->members, v, sizeof *s->members, "members", 1000, &s->member_cnt, em);
    for (uint32_t i = 0; err == MC_OK && i < s->member_cnt; i++) {
        const struct mc_json *e = mc_json_at(v, i);
        err = only_keys(e, keys, MC_COUNT(keys), em);
        if (err == MC_OK)
            err = read_addr(&s->members[i].account, mc_json_get(e, "account"), "account", em);
        if (err == MC_OK)
            err = read_text(g, &s->members[i].name, mc_json_get(e, "name"), "name", 64, em);
        if (err != MC_OK)
            mc_errwrap(em, "\"members\"[%u]", i);
    }
    return err;
}

/* "member" of a validator or an account: the member account's address; absent means none. */
static enum mc_err read_member_ref(const struct gen *g, uint32_t *out, const struct mc_json *e,
                                   struct mc_errmsg *em)
{
    const struct mc_json *v = mc_json_get(e, "member");
    struct mc_addr a;
    *out = UINT32_MAX;
    if (v == NULL)
        return MC_OK;
    enum mc_err err = read_addr(&a, v, "member", em);
    for (uint32_t i = 0; err == MC_OK && i < g->spec.member_cnt; i++) {
        if (mc_addr_eq(&a, &g->spec.members[i].account)) {
            *out = i;
            return MC_OK;
        }
    }
    return err != MC_OK ? err : mc_fail(em, MC_EINVAL, "\"member\": not the account of a member");
}

static enum mc_err read_validators(struct gen *g, const struct mc_json *v, struct mc_errmsg *em)
{
    static const char *const keys[] = {"account", "publicKey", "member"};
    struct gen_spec *s = &g->spec;
    enum mc_err err = new_array(g, &s->validators, v, sizeof *s->validators, "validators",
                                MC_VALIDATORS_MAX, &s->validator_cnt, em);
    if (err == MC_OK && s->validator_cnt == 0)
        return mc_fail(em, MC_EINVAL, "\"validators\": empty; a chain needs at least one");
    for (uint32_t i = 0; err == MC_OK && i < s->validator_cnt; i++) {
        const struct mc_json *e = mc_json_at(v, i);
        struct vm_genesis_validator *val = &s->validators[i];
        err = only_keys(e, keys, MC_COUNT(keys), em);
        if (err == MC_OK)
            err = read_addr(&val->account, mc_json_get(e, "account"), "account", em);
        if (err == MC_OK) {
            err = mc_hex_fixed(val->public_key, 32, mc_json_str(mc_json_get(e, "publicKey")), em);
            if (err == MC_OK && !mc_ed25519_pub_ok(val->public_key))
                err = mc_fail(em, MC_EINVAL, "not a valid Ed25519 key");
            if (err != MC_OK)
                mc_errwrap(em, "\"publicKey\"");
        }
        if (err == MC_OK)
            err = read_member_ref(g, &val->member_i, e, em);
        if (err != MC_OK)
            mc_errwrap(em, "\"validators\"[%u]", i);
    }
    return err;
}

static enum mc_err read_roles(uint32_t *out, const struct mc_json *v, struct mc_errmsg *em)
{
    *out = 0;
    if (v != NULL && mc_json_type(v) != MC_JSON_ARRAY)
        return mc_fail(em, MC_EMALFORM, "\"roles\": not an array");
    for (size_t i = 0; i < mc_json_len(v); i++) {
        struct mc_slice name = mc_json_str(mc_json_at(v, i));
        uint32_t role = 0;
        for (uint32_t r = 0; r < VM_ROLE_CNT; r++) {
            if (mc_slice_eq(name, mc_slice_str(vm_role_name(1u << r))))
                role = 1u << r;
        }
        if (role == 0)
            return mc_fail(em, MC_EINVAL,
                           "\"roles\"[%zu]: no role has that name (ADMIN, DOCTOR, ...)", i);
        *out |= role;
    }
    return MC_OK;
}

static enum mc_err read_account(struct gen *g, uint32_t i, const struct mc_json *e,
                                struct mc_errmsg *em)
{
    static const char *const keys[] = {"address", "balance", "member", "permissions", "roles"};
    struct vm_genesis_account *a = &g->spec.accounts[i];
    const struct mc_json *permissions = mc_json_get(e, "permissions");
    uint64_t bits = 0;
    enum mc_err err = only_keys(e, keys, MC_COUNT(keys), em);
    if (err == MC_OK)
        err = read_addr(&a->account, mc_json_get(e, "address"), "address", em);
    if (err == MC_OK && mc_json_get(e, "balance") != NULL)
        err = read_amount(&g->spec.balances[i], mc_json_get(e, "balance"), "balance", em);
    if (err == MC_OK)
        err = read_member_ref(g, &a->member_i, e, em);
    if (err == MC_OK && permissions != NULL)
        err = read_u64(&bits, permissions, "permissions", 0, 3, em);
    if (err == MC_OK)
        err = read_roles(&a->roles, mc_json_get(e, "roles"), em);
    a->permissions = (uint8_t)bits;
    return err;
}

static enum mc_err read_accounts(struct gen *g, const struct mc_json *v, struct mc_errmsg *em)
{
    struct gen_spec *s = &g->spec;
    uint32_t cnt = 0;
    enum mc_err err = new_array(g, &s->accounts, v, sizeof *s->accounts, "accounts", GEN_PEOPLE_MAX,
                                &s->account_cnt, em);
    if (err == MC_OK)
        err = new_array(g, &s->balances, v, sizeof *s->balances, "accounts", GEN_PEOPLE_MAX, &cnt,
                        em);
    for (uint32_t i = 0; err == MC_OK && i < s->account_cnt; i++) {
        err = read_account(g, i, mc_json_at(v, i), em);
        if (err != MC_OK)
            mc_errwrap(em, "\"accounts\"[%u]", i);
    }
    return err;
}

struct member_walk {
    struct gen *g;
    struct mc_errmsg *em;
    enum mc_err err;
    uint32_t i;
};

static bool read_param(void *arg, struct mc_slice key, const struct mc_json *v)
{
    struct member_walk *w = arg;
    struct vm_genesis_param *p = &w->g->spec.params[w->i++];
    char *name = mc_arena_alloc(&w->g->arena, key.n + 1);
    if (name == NULL || memchr(key.p, 0, key.n) != NULL) {
        w->err = mc_fail(w->em, MC_EMALFORM, "\"parameters\": a name holds a NUL");
        return false;
    }
    memcpy(name, key.p, key.n);
    name[key.n] = 0;
    p->name = name;
    w->err = read_amount(&p->value, v, name, w->em);
    if (w->err != MC_OK)
        mc_errwrap(w->em, "\"parameters\"");
    return w->err == MC_OK;
}

static enum mc_err read_params(struct gen *g, const struct mc_json *v, struct mc_errmsg *em)
{
    struct member_walk w = {g, em, MC_OK, 0};
    if (mc_json_type(v) != MC_JSON_OBJECT)
        return mc_fail(em, MC_EMALFORM, "\"parameters\": not an object");
    enum mc_err err = new_array(g, &g->spec.params, v, sizeof *g->spec.params, "parameters", 1000,
                                &g->spec.param_cnt, em);
    if (err != MC_OK)
        return err;
    mc_json_each(v, read_param, &w);
    return w.err;
}

static bool read_module(void *arg, struct mc_slice key, const struct mc_json *v)
{
    struct member_walk *w = arg;
    const struct vm_module *m = vm_module_by_name(key);
    struct mc_addr a;
    if (m == NULL) {
        w->err = mc_fail(w->em, MC_EINVAL, "\"modules\": this program has no module \"%.*s\"",
                         (int)(key.n > 64 ? 64 : key.n), (const char *)key.p);
        return false;
    }
    w->err = read_addr(&a, v, m->name, w->em);
    if (w->err == MC_OK && !mc_addr_eq(&a, vm_module_well_known(m)))
        w->err = mc_fail(w->em, MC_EINVAL, "\"modules\": %s stands at another address", m->name);
    w->i++;
    return w->err == MC_OK;
}

static enum mc_err read_modules(struct gen *g, const struct mc_json *v, struct mc_errmsg *em)
{
    struct member_walk w = {g, em, MC_OK, 0};
    if (mc_json_type(v) != MC_JSON_OBJECT)
        return mc_fail(em, MC_EMALFORM, "\"modules\": not an object");
    mc_json_each(v, read_module, &w);
    /* The list says which modules exist from block 0: all of this program's, or another program made the file. */
    if (w.err == MC_OK && w.i != vm_module_cnt())
        return mc_fail(em, MC_EMISMATCH, "\"modules\": %u listed, this program has %u", w.i,
                       vm_module_cnt());
    return w.err;
}

static bool read_fingerprint(void *arg, struct mc_slice key, const struct mc_json *v)
{
    struct member_walk *w = arg;
    struct ledger_fingerprint *f = &w->g->spec.fingerprints[w->i++];
    w->err = mc_hex_fixed(f->code_hash.b, 32, key, w->em);
    if (w->err == MC_OK) {
        f->module = vm_module_by_name(mc_json_str(v));
        if (f->module == NULL || !f->module->deployable)
            w->err = mc_fail(w->em, MC_EINVAL, "names no module that can be deployed");
    }
    if (w->err != MC_OK)
        mc_errwrap(w->em, "\"fingerprints\"[%u]", w->i - 1);
    return w->err == MC_OK;
}

static enum mc_err read_fingerprints(struct gen *g, const struct mc_json *v, struct mc_errmsg *em)
{
    struct member_walk w = {g, em, MC_OK, 0};
    if (mc_json_type(v) != MC_JSON_OBJECT)
        return mc_fail(em, MC_EMALFORM, "\"fingerprints\": not an object");
    enum mc_err err = new_array(g, &g->spec.fingerprints, v, sizeof *g->spec.fingerprints,
                                "fingerprints", 1000, &g->spec.fingerprint_cnt, em);
    if (err != MC_OK)
        return err;
    mc_json_each(v, read_fingerprint, &w);
    return w.err;
}

/* Members come before those that refer to them. */
static const struct reader readers[] = {
    {"format", true, read_format},     {"chainId", true, read_chain_id},
    {"timeMs", true, read_time},       {"baseFeePerGas", false, read_base_fee},
    {"unit", false, read_unit},        {"gas", false, read_gas},
    {"members", true, read_members},   {"validators", true, read_validators},
    {"accounts", true, read_accounts}, {"parameters", false, read_params},
    {"modules", false, read_modules},  {"fingerprints", false, read_fingerprints},
};

static enum mc_err read_all(struct gen *g, const struct mc_json *root, struct mc_errmsg *em)
{
    const char *keys[MC_COUNT(readers)];
    for (size_t i = 0; i < MC_COUNT(readers); i++)
        keys[i] = readers[i].key;
    enum mc_err err = only_keys(root, keys, MC_COUNT(keys), em);
    for (size_t i = 0; err == MC_OK && i < MC_COUNT(readers); i++) {
        const struct mc_json *v = mc_json_get(root, readers[i].key);
        if (v != NULL)
            err = readers[i].read(g, v, em);
        else if (readers[i].required)
            err = mc_fail(em, MC_EMALFORM, "\"%s\" is missing", readers[i].key);
    }
    return err;
}

static int validator_cmp(const void *a, const void *b)
{
    const struct vm_genesis_validator *x = a, *y = b;
    return memcmp(x->account.b, y->account.b, sizeof x->account.b);
}

/* Hash of [[account, key], ...] ascending by account, as the chain keeps its sets: what consensus/ calls the hash of a
 * validator set.  The order in the file does not matter. */
static enum mc_err valset_hash(struct mc_hash *out, const struct gen_spec *s)
{
    struct vm_genesis_validator sorted[MC_VALIDATORS_MAX];
    struct mc_buf b = {0};
    if (s->validator_cnt > MC_VALIDATORS_MAX)
        return MC_ELIMIT;
    memcpy(sorted, s->validators, s->validator_cnt * sizeof sorted[0]);
    qsort(sorted, s->validator_cnt, sizeof sorted[0], validator_cmp);
    for (uint32_t i = 0; i < s->validator_cnt; i++) {
        size_t mark = b.n;
        mc_rlp_put_bytes(&b, mc_addr_slice(&sorted[i].account));
        mc_rlp_put_bytes(&b, mc_slice(sorted[i].public_key, 32));
        mc_rlp_wrap_list(&b, mark);
    }
    mc_rlp_wrap_list(&b, 0);
    bool oom = b.oom;
    if (!oom)
        mc_keccak256(out, mc_buf_slice(&b));
    mc_buf_free(&b);
    return oom ? MC_ENOMEM : MC_OK;
}

static uint64_t gas_limit(const struct gen_spec *s)
{
    for (uint32_t i = 0; i < s->param_cnt; i++) {
        if (strcmp(s->params[i].name, "chain.gasLimit") == 0)
            return mc_u256_u64_sat(&s->params[i].value);
    }
    return 60000000; /* the parameter's default: contracts/README.md */
}

/* Fills in what the ledger wants to see of the file. */
static enum mc_err derive(struct gen *g, struct mc_errmsg *em)
{
    struct gen_spec *s = &g->spec;
    struct mc_buf canonical = {0};
    struct ledger_genesis_account *balances =
        mc_arena_calloc(&g->arena, s->account_cnt + 1u, sizeof *balances);

    gen_write(&canonical, s);
    if (balances == NULL || canonical.oom ||
        valset_hash(&g->ledger.validator_set_hash, s) != MC_OK) {
        mc_buf_free(&canonical);
        return mc_fail(em, MC_ENOMEM, "out of memory");
    }
    mc_keccak256(&g->ledger.vm.config_hash, mc_buf_slice(&canonical));
    mc_buf_free(&canonical);
    for (uint32_t i = 0; i < s->account_cnt; i++) {
        balances[i].account = s->accounts[i].account;
        balances[i].balance = s->balances[i];
    }
    g->cfg = (struct ledger_cfg){.chain_id = s->chain_id,
                                 .base_fee = s->base_fee,
                                 .gas = s->gas,
                                 .fingerprints = s->fingerprints,
                                 .fingerprint_cnt = s->fingerprint_cnt};
    g->ledger.time_ms = s->time_ms;
    g->ledger.gas_limit = gas_limit(s);
    g->ledger.balances = balances;
    g->ledger.balance_cnt = s->account_cnt;
    g->ledger.vm.members = s->members;
    g->ledger.vm.member_cnt = s->member_cnt;
    g->ledger.vm.accounts = s->accounts;
    g->ledger.vm.account_cnt = s->account_cnt;
    g->ledger.vm.validators = s->validators;
    g->ledger.vm.validator_cnt = s->validator_cnt;
    g->ledger.vm.params = s->params;
    g->ledger.vm.param_cnt = s->param_cnt;
    g->ledger.vm.unit_name = s->unit_name;
    g->ledger.vm.unit_symbol = s->unit_symbol;
    g->ledger.vm.unit_decimals = s->unit_decimals;
    return MC_OK;
}

static int addr_cmp(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct mc_addr));
}

/* The same address twice would make the later entry win or lose by accident. */
static enum mc_err check_unique(struct gen *g, struct mc_errmsg *em)
{
    uint32_t n = g->spec.account_cnt;
    struct mc_addr *sorted = mc_arena_calloc(&g->arena, n + 1u, sizeof *sorted);
    if (sorted == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < n; i++)
        sorted[i] = g->spec.accounts[i].account;
    qsort(sorted, n, sizeof *sorted, addr_cmp);
    for (uint32_t i = 1; i < n; i++) {
        if (mc_addr_eq(&sorted[i - 1], &sorted[i])) {
            char text[43];
            mc_addr_checksum(text, &sorted[i]);
            return mc_fail(em, MC_EINVAL, "\"accounts\": %s is listed twice", text);
        }
    }
    return MC_OK;
}

enum mc_err gen_parse(struct gen **out, struct mc_slice json, struct mc_errmsg *em)
{
    struct mc_json_doc *doc = NULL;
    struct gen *g;
    enum mc_err err;

    if (json.n > MC_CONFIG_BYTES_MAX)
        return mc_fail(em, MC_ELIMIT, "genesis: larger than %u bytes", MC_CONFIG_BYTES_MAX);
    g = calloc(1, sizeof *g);
    if (g == NULL)
        return mc_fail(em, MC_ENOMEM, "genesis: out of memory");
    mc_arena_init(&g->arena, GEN_ARENA_BYTES_MAX);
    gen_spec_init(&g->spec);
    err = mc_json_parse(&doc, json, MC_JSON_DEPTH_MAX, em);
    if (err == MC_OK)
        err = read_all(g, mc_json_root(doc), em);
    if (err == MC_OK)
        err = check_unique(g, em);
    if (err == MC_OK)
        err = derive(g, em);
    mc_json_free(doc);
    if (err != MC_OK) {
        mc_errwrap(em, "genesis");
        gen_free(g);
        return err;
    }
    *out = g;
    return MC_OK;
}

enum mc_err gen_load(struct gen **out, const char *path, struct mc_errmsg *em)
{
    struct mc_buf text = {0};
    enum mc_err err = mc_file_read(&text, path, MC_CONFIG_BYTES_MAX, em);
    if (err == MC_OK) {
        err = gen_parse(out, mc_buf_slice(&text), em);
        if (err != MC_OK)
            mc_errwrap(em, "%s", path);
    }
    mc_buf_free(&text);
    return err;
}

void gen_free(struct gen *g)
{
    if (g == NULL)
        return;
    mc_arena_free(&g->arena);
    free(g);
}

const struct gen_spec *gen_spec(const struct gen *g)
{
    return &g->spec;
}

const struct ledger_cfg *gen_ledger_cfg(const struct gen *g)
{
    return &g->cfg;
}

const struct ledger_genesis *gen_ledger_genesis(const struct gen *g)
{
    return &g->ledger;
}

enum mc_err gen_hash(struct mc_hash *out, const struct gen *g, struct mc_errmsg *em)
{
    struct ledger *none = NULL;
    return ledger_create(&none, NULL, &g->cfg, &g->ledger, out, em);
}
