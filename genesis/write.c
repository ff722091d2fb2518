/* The canonical genesis file: fixed key order, one line an entry, so that two people can compare files by eye. */
#include "genesis/genesis.h"

#include <inttypes.h>

void gen_spec_init(struct gen_spec *s)
{
    memset(s, 0, sizeof *s);
    s->unit_name = "Service Unit";
    s->unit_symbol = "SVU";
    s->unit_decimals = 2;
    s->gas = VM_GAS_DEFAULT;
}

uint32_t gen_known_fingerprints(struct ledger_fingerprint out[3])
{
    /* keccak256 of creation code without its metadata trailer: solc 0.8.19, optimizer 200 runs. */
    static const struct {
        const char *module;
        const char *hash;
    } known[] = {
        {"AccessControl", "5c71022b6deb2b17d76111041f4a5a0618f087637328b886db27c41b347569b3"},
        {"MedicalRecordHash", "d2db478bb33c4d6d373c7682cfd7ecdd706fe33447e2041cedaaaa225f9da736"},
        {"DrugTrace", "1b696e2aa7752ebb4320b0f1fef5b07d547d23f77dfe5d442ce290e003d47e8c"},
    };
    uint32_t cnt = 0;
    for (size_t i = 0; i < MC_COUNT(known); i++) {
        const struct vm_module *m = vm_module_by_name(mc_slice_str(known[i].module));
        if (m != NULL && mc_hex_decode(out[cnt].code_hash.b, known[i].hash, 32))
            out[cnt++].module = m;
    }
    return cnt;
}

static void put_key(struct mc_buf *b, const char *key)
{
    mc_buf_putf(b, "  \"%s\": ", key);
}

static void put_addr(struct mc_buf *b, const struct mc_addr *a)
{
    char text[43];
    mc_addr_checksum(text, a);
    mc_buf_putf(b, "\"%s\"", text);
}

static void put_dec(struct mc_buf *b, const struct mc_u256 *v)
{
    char text[79];
    mc_u256_to_dec(text, v);
    mc_buf_putf(b, "\"%s\"", text);
}

static void put_member_ref(struct mc_buf *b, const struct gen_spec *s, uint32_t member_i)
{
    if (member_i >= s->member_cnt)
        return;
    mc_buf_put_str(b, ", \"member\": ");
    put_addr(b, &s->members[member_i].account);
}

static const char *sep(uint32_t i, uint32_t cnt)
{
    return i + 1 < cnt ? ",\n" : "\n";
}

static void put_gas(struct mc_buf *b, const struct vm_gas *g)
{
    put_key(b, "gas");
    mc_buf_putf(b,
                "{ \"call\": %" PRIu64 ", \"storedByte\": %" PRIu64 ", \"indexEntry\": %" PRIu64
                ", \"log\": %" PRIu64 ", \"logTopic\": %" PRIu64 ", \"logByte\": %" PRIu64
                ", \"viewLoad\": %" PRIu64 " },\n",
                g->call, g->stored_byte, g->index_entry, g->log, g->log_topic, g->log_byte,
                g->view_load);
}

static void put_roles(struct mc_buf *b, uint32_t roles)
{
    const char *comma = "";
    mc_buf_put_str(b, ", \"roles\": [");
    for (uint32_t i = 0; i < VM_ROLE_CNT; i++) {
        if ((roles & 1u << i) == 0)
            continue;
        mc_buf_putf(b, "%s\"%s\"", comma, vm_role_name(1u << i));
        comma = ", ";
    }
    mc_buf_put_str(b, "]");
}

static void put_people(struct mc_buf *b, const struct gen_spec *s)
{
    put_key(b, "members");
    mc_buf_put_str(b, "[\n");
    for (uint32_t i = 0; i < s->member_cnt; i++) {
        mc_buf_put_str(b, "    { \"account\": ");
        put_addr(b, &s->members[i].account);
        mc_buf_put_str(b, ", \"name\": ");
        mc_json_put_str(b, mc_slice_str(s->members[i].name));
        mc_buf_putf(b, " }%s", sep(i, s->member_cnt));
    }
    mc_buf_put_str(b, "  ],\n");
    put_key(b, "validators");
    mc_buf_put_str(b, "[\n");
    for (uint32_t i = 0; i < s->validator_cnt; i++) {
        mc_buf_put_str(b, "    { \"account\": ");
        put_addr(b, &s->validators[i].account);
        mc_buf_put_str(b, ", \"publicKey\": ");
        mc_json_put_hex(b, mc_slice(s->validators[i].public_key, 32));
        put_member_ref(b, s, s->validators[i].member_i);
        mc_buf_putf(b, " }%s", sep(i, s->validator_cnt));
    }
    mc_buf_put_str(b, "  ],\n");
    put_key(b, "accounts");
    mc_buf_put_str(b, "[\n");
    for (uint32_t i = 0; i < s->account_cnt; i++) {
        mc_buf_put_str(b, "    { \"address\": ");
        put_addr(b, &s->accounts[i].account);
        mc_buf_put_str(b, ", \"balance\": ");
        put_dec(b, &s->balances[i]);
        put_member_ref(b, s, s->accounts[i].member_i);
        mc_buf_putf(b, ", \"permissions\": %u", s->accounts[i].permissions);
        put_roles(b, s->accounts[i].roles);
        mc_buf_putf(b, " }%s", sep(i, s->account_cnt));
    }
    mc_buf_put_str(b, "  ],\n");
}

static void put_rules(struct mc_buf *b, const struct gen_spec *s)
{
    put_key(b, "parameters");
    mc_buf_put_str(b, "{");
    for (uint32_t i = 0; i < s->param_cnt; i++) {
        mc_buf_putf(b, "%s\"%s\": ", i == 0 ? " " : ", ", s->params[i].name);
        put_dec(b, &s->params[i].value);
    }
    mc_buf_put_str(b, s->param_cnt == 0 ? "},\n" : " },\n");
    put_key(b, "modules");
    mc_buf_put_str(b, "{");
    for (uint32_t i = 0; i < vm_module_cnt(); i++) {
        const struct vm_module *m = vm_module_at(i);
        mc_buf_putf(b, "%s\"%s\": ", i == 0 ? "\n    " : ",\n    ", m->name);
        put_addr(b, vm_module_well_known(m));
    }
    mc_buf_put_str(b, "\n  },\n");
    put_key(b, "fingerprints");
    mc_buf_put_str(b, "{");
    for (uint32_t i = 0; i < s->fingerprint_cnt; i++) {
        mc_buf_put_str(b, i == 0 ? "\n    " : ",\n    ");
        mc_json_put_hex(b, mc_hash_slice(&s->fingerprints[i].code_hash));
        mc_buf_putf(b, ": \"%s\"", s->fingerprints[i].module->name);
    }
    mc_buf_put_str(b, s->fingerprint_cnt == 0 ? "}\n" : "\n  }\n");
}

void gen_write(struct mc_buf *out, const struct gen_spec *s)
{
    mc_buf_put_str(out, "{\n");
    mc_buf_putf(out, "  \"format\": %u,\n", GEN_FORMAT);
    mc_buf_putf(out, "  \"chainId\": %" PRIu64 ",\n", s->chain_id);
    mc_buf_putf(out, "  \"timeMs\": %" PRIu64 ",\n", s->time_ms);
    put_key(out, "baseFeePerGas");
    put_dec(out, &s->base_fee);
    mc_buf_put_str(out, ",\n");
    put_key(out, "unit");
    mc_buf_put_str(out, "{ \"name\": ");
    mc_json_put_str(out, mc_slice_str(s->unit_name));
    mc_buf_put_str(out, ", \"symbol\": ");
    mc_json_put_str(out, mc_slice_str(s->unit_symbol));
    mc_buf_putf(out, ", \"decimals\": %u },\n", s->unit_decimals);
    put_gas(out, &s->gas);
    put_people(out, s);
    put_rules(out, s);
    mc_buf_put_str(out, "}\n");
}
