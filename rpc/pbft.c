/* Who decides, and the proof that they did. */
#include "rpc/params.h"
#include "rpc/write.h"

/* Reads the block of parameter i.  *found false with true: unknown, null was answered. */
static bool number_read(struct rpc_ctx *c, size_t i, uint64_t *number, bool *found)
{
    struct rpc_block_id id;
    enum mc_err err;

    *found = false;
    if (!rpc_arg_block(c, i, &id))
        return false;
    err = c->ports->resolve(c->ports->ctx, &id, number, &c->em);
    *found = err == MC_OK;
    return err == MC_OK || rpc_null_or_fail(c, err);
}

bool pbft_get_validators(struct rpc_ctx *c)
{
    struct rpc_validator *list = NULL;
    uint32_t cnt = 0;
    uint64_t number;
    bool found;
    enum mc_err err;

    if (!number_read(c, 0, &number, &found))
        return false;
    if (!found)
        return true;
    err = c->ports->validators(c->ports->ctx, number, &list, &cnt, c->arena, &c->em);
    if (err != MC_OK)
        return rpc_null_or_fail(c, err);
    rpc_open(c->out, '[');
    for (uint32_t i = 0; i < cnt; i++) {
        rpc_open(c->out, '{');
        rpc_put_addr(c->out, "account", &list[i].account);
        rpc_put_data(c->out, "publicKey", mc_slice(list[i].public_key, sizeof list[i].public_key));
        rpc_close(c->out, '}');
        rpc_comma(c->out);
    }
    rpc_close(c->out, ']');
    return true;
}

bool pbft_get_certificate(struct rpc_ctx *c)
{
    size_t mark = c->out->n;
    uint64_t number;
    bool found;
    enum mc_err err;

    if (!number_read(c, 0, &number, &found))
        return false;
    if (!found)
        return true;
    err = c->ports->certificate_json(c->ports->ctx, number, c->out, &c->em);
    if (err == MC_OK)
        return true;
    c->out->n = mark;
    return rpc_null_or_fail(c, err);
}

/* ------------------------------------------------------------------ who is silent */

static void put_optional(struct mc_buf *b, const char *key, bool known, uint64_t v)
{
    if (known)
        rpc_put_u64(b, key, v);
    else
        rpc_put_null(b, key);
}

static void seat_put(struct mc_buf *b, const struct rpc_seat *s)
{
    rpc_open(b, '{');
    rpc_put_addr(b, "account", &s->account);
    rpc_put_data(b, "publicKey", mc_slice(s->public_key, sizeof s->public_key));
    rpc_put_bool(b, "connected", s->connected);
    rpc_put_bool(b, "seen", s->seen);
    rpc_put_bool(b, "prepared", s->prepared);
    rpc_put_bool(b, "committed", s->committed);
    rpc_put_u64(b, "askedRound", s->asked_round);
    put_optional(b, "head", s->has_head, s->head);
    put_optional(b, "silentSeconds", s->heard, s->silent_s);
    rpc_close(b, '}');
    rpc_comma(b);
}

/* How deciding the open height goes, seen from this node; what it has from whom. */
bool pbft_get_round_status(struct rpc_ctx *c)
{
    struct rpc_round r = {0};
    enum mc_err err = c->ports->round(c->ports->ctx, &r, c->arena, &c->em);

    if (err != MC_OK)
        return rpc_fail_port(c, err);
    rpc_open(c->out, '{');
    rpc_put_u64(c->out, "height", r.height);
    rpc_put_u64(c->out, "round", r.round);
    rpc_put_u64(c->out, "proposer", r.proposer);
    rpc_put_u64(c->out, "quorum", r.quorum);
    rpc_put_u64(c->out, "reachable", r.reachable);
    put_optional(c->out, "index", r.self >= 0, (uint64_t)r.self);
    rpc_put_bool(c->out, "voting", r.voting);
    rpc_put_bool(c->out, "active", r.active);
    if (r.why.n > 0)
        rpc_put_text(c->out, "why", r.why);
    else
        rpc_put_null(c->out, "why");
    rpc_put_u64(c->out, "secondsSinceBlock", r.seconds_since_block);
    rpc_put_u64(c->out, "timeMs", r.time_ms);
    rpc_key(c->out, "validators");
    rpc_open(c->out, '[');
    for (uint32_t i = 0; i < r.seat_cnt; i++)
        seat_put(c->out, &r.seats[i]);
    rpc_close(c->out, ']');
    rpc_comma(c->out);
    rpc_close(c->out, '}');
    return true;
}

static void signer_put(struct mc_buf *b, const struct rpc_signer *s)
{
    rpc_open(b, '{');
    rpc_put_addr(b, "account", &s->account);
    rpc_put_data(b, "publicKey", mc_slice(s->public_key, sizeof s->public_key));
    rpc_put_u64(b, "blocks", s->blocks);
    rpc_put_u64(b, "proposed", s->proposed);
    rpc_put_u64(b, "signed", s->signatures);
    rpc_put_u64(b, "missed", s->missed);
    rpc_close(b, '}');
    rpc_comma(b);
}

/* What each validator did from one block to another.  A certificate ends with the quorum's last vote: a vote that came
 * later is missed, so even the best validator misses some. */
bool pbft_get_signer_metrics(struct rpc_ctx *c)
{
    struct rpc_signer *list = NULL;
    uint64_t from, to;
    uint32_t cnt = 0;
    bool found;

    if (!number_read(c, 0, &from, &found))
        return false;
    if (!found)
        return true;
    if (!number_read(c, 1, &to, &found))
        return false;
    if (!found)
        return true;
    if (from > to || to - from >= RPC_SIGNER_BLOCKS_MAX)
        return rpc_fail(c, RPC_INVALID_PARAMS, "want a range of 1 to %u blocks, the lower first",
                        RPC_SIGNER_BLOCKS_MAX);
    enum mc_err err = c->ports->signers(c->ports->ctx, from, to, &list, &cnt, c->arena, &c->em);
    if (err != MC_OK)
        return rpc_fail_port(c, err);
    rpc_open(c->out, '{');
    rpc_put_u64(c->out, "from", from);
    rpc_put_u64(c->out, "to", to);
    rpc_key(c->out, "validators");
    rpc_open(c->out, '[');
    for (uint32_t i = 0; i < cnt; i++)
        signer_put(c->out, &list[i]);
    rpc_close(c->out, ']');
    rpc_comma(c->out);
    rpc_close(c->out, '}');
    return true;
}

bool pbft_get_evidence(struct rpc_ctx *c)
{
    size_t mark = c->out->n;
    enum mc_err err = c->ports->evidence_json(c->ports->ctx, c->out, &c->em);

    if (err == MC_OK)
        return true;
    c->out->n = mark;
    return rpc_fail_port(c, err);
}
