/* medichain genesis inspect, hash, validate: what a genesis file says, before anybody agrees to it. */
#include <inttypes.h>
#include <stdio.h>

#include "genesis/genesis.h"
#include "tools/opts.h"
#include "tools/say.h"

static void put_addr(struct mc_buf *b, const struct mc_addr *a)
{
    char text[43];
    mc_addr_checksum(text, a);
    mc_buf_put_str(b, text);
}

static const char *member_name(const struct gen_spec *s, uint32_t i)
{
    return i < s->member_cnt ? s->members[i].name : "no member";
}

static void put_text(struct mc_buf *b, const struct gen_spec *s, const struct mc_hash *hash)
{
    char when[32];
    tool_time_text(when, s->time_ms / 1000);
    mc_buf_putf(b, "chain id      %" PRIu64 "\n", s->chain_id);
    mc_buf_putf(b, "time          %s\n", when);
    mc_buf_put_str(b, "block 0       0x");
    mc_buf_put_hex(b, mc_hash_slice(hash));
    mc_buf_putf(b, "\nunit          %s (%s), %u decimals\n", s->unit_name, s->unit_symbol,
                s->unit_decimals);
    mc_buf_putf(b, "members       %u\n", s->member_cnt);
    for (uint32_t i = 0; i < s->member_cnt; i++) {
        mc_buf_put_str(b, "  ");
        put_addr(b, &s->members[i].account);
        mc_buf_putf(b, "  %s\n", s->members[i].name);
    }
    mc_buf_putf(b, "validators    %u, quorum %u\n", s->validator_cnt,
                (2 * s->validator_cnt + 2) / 3);
    for (uint32_t i = 0; i < s->validator_cnt; i++) {
        mc_buf_put_str(b, "  ");
        put_addr(b, &s->validators[i].account);
        mc_buf_put_str(b, "  0x");
        mc_buf_put_hex(b, mc_slice(s->validators[i].public_key, 32));
        mc_buf_putf(b, "  %s\n", member_name(s, s->validators[i].member_i));
    }
    mc_buf_putf(b, "accounts      %u\n", s->account_cnt);
    for (uint32_t i = 0; i < s->param_cnt; i++) {
        char dec[79];
        mc_u256_to_dec(dec, &s->params[i].value);
        mc_buf_putf(b, "%-13s %s = %s\n", i == 0 ? "parameters" : "", s->params[i].name, dec);
    }
    for (uint32_t i = 0; i < s->fingerprint_cnt; i++) {
        mc_buf_putf(b, "%-13s 0x", i == 0 ? "fingerprints" : "");
        mc_buf_put_hex(b, mc_hash_slice(&s->fingerprints[i].code_hash));
        mc_buf_putf(b, " = %s\n", s->fingerprints[i].module->name);
    }
}

enum task { INSPECT, HASH, VALIDATE };

static void put_answer(struct mc_buf *b, enum task task, const struct gen *g,
                       const struct mc_hash *hash, bool json)
{
    const struct gen_spec *s = gen_spec(g);
    if (task == INSPECT && json) {
        gen_write(b, s); /* the canonical file is the whole answer */
    } else if (task == INSPECT) {
        put_text(b, s, hash);
    } else if (json) {
        mc_buf_putf(b, "{\"valid\":true,\"chainId\":%" PRIu64 ",\"hash\":", s->chain_id);
        mc_json_put_hex(b, mc_hash_slice(hash));
        mc_buf_put_u8(b, '}');
    } else if (task == HASH) {
        mc_buf_put_str(b, "0x");
        mc_buf_put_hex(b, mc_hash_slice(hash));
    } else {
        mc_buf_putf(b, "valid: chain %" PRIu64 ", %u members, %u validators, %u accounts",
                    s->chain_id, s->member_cnt, s->validator_cnt, s->account_cnt);
    }
}

static int answer(enum task task, const char *line, const char *about, const char *example,
                  int argc, char **argv)
{
    bool json = false;
    const struct tool_opt opts[] = {TOOL_FLAG("--json", &json, "as JSON")};
    const struct tool_usage u = {line, about, example, opts, MC_COUNT(opts), 1, 1};
    struct mc_errmsg em = {{0}};
    struct gen *g = NULL;
    struct mc_hash hash;
    struct mc_buf b = {0};
    int rc = tool_parse(&u, &argc, argv);
    if (rc != TOOL_GO_ON)
        return rc;
    enum mc_err err = gen_load(&g, argv[0], &em);
    if (err == MC_OK)
        err = gen_hash(&hash, g, &em);
    if (err == MC_OK)
        put_answer(&b, task, g, &hash, json);
    rc = err == MC_OK ? tool_put(&b) : tool_error("%s", em.text);
    mc_buf_free(&b);
    gen_free(g);
    return rc;
}

int tool_genesis_inspect(int argc, char **argv)
{
    return answer(
        INSPECT, "medichain genesis inspect FILE [--json]",
        "Shows members, validators, accounts and rules of a genesis file, and the hash of\n"
        "block 0.  --json prints the canonical form of the file.",
        "medichain genesis inspect genesis.json", argc, argv);
}

int tool_genesis_hash(int argc, char **argv)
{
    return answer(HASH, "medichain genesis hash FILE [--json]",
                  "Prints the hash of block 0: two parties with the same hash have the same chain.",
                  "medichain genesis hash genesis.json", argc, argv);
}

int tool_genesis_validate(int argc, char **argv)
{
    return answer(VALIDATE, "medichain genesis validate FILE [--json]",
                  "Checks a genesis file; names the key that is wrong and exits with 1.",
                  "medichain genesis validate genesis.json", argc, argv);
}
