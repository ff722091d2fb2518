/* The directory of public keys, and the content key wrapped for each reader. */
#include "vm/modules/medical_record.h"
#include "vm/modules/patient_consent.h"
#include "vm/state.h"

#define PUBLIC_KEY_BYTES_MAX  256u
#define WRAPPED_KEY_BYTES_MAX 512u
#define READERS_MAX           200u /* of one record */
#define BATCH_MAX             100u /* records shared by one call */

struct public_key {
    struct mc_slice scheme;
    struct mc_slice key;
    uint64_t set_s;
};
static const struct vm_field public_key_fields[] = {
    VM_FIELD_STORED(struct public_key, scheme, VM_T_STR),
    VM_FIELD_STORED(struct public_key, key, VM_T_BYTES),
    VM_FIELD_STORED(struct public_key, set_s, VM_T_U64),
};
static const struct vm_layout public_key_layout =
    VM_LAYOUT(NULL, struct public_key, public_key_fields);

static const struct vm_field key_fields[] = {
    VM_FIELD_STORED(struct vm_mr_key, wrapped, VM_T_BYTES),
    VM_FIELD_STORED(struct vm_mr_key, expires, VM_T_U256),
    VM_FIELD_STORED(struct vm_mr_key, pos, VM_T_U64),
};
static const struct vm_layout key_layout = VM_LAYOUT(NULL, struct vm_mr_key, key_fields);

/* ------------------------------------------------------------------ directory */

static enum mc_err public_key_load(struct vm_call *c, const struct mc_addr *account,
                                   struct public_key *p, bool *found)
{
    struct vm_key k = vm_mr_addr_key(VM_MR_TAG_PUBLIC_KEY, account);
    return vm_get(c, &k, &public_key_layout, p, found);
}

enum mc_err vm_mr_has_public_key(struct vm_call *c, const struct mc_addr *account, bool *out)
{
    struct public_key p;
    return public_key_load(c, account, &p, out);
}

VM_HANDLER(vm_mr_set_encryption_key)
{
    struct vm_key k = vm_mr_addr_key(VM_MR_TAG_PUBLIC_KEY, &c->caller);
    struct public_key p = {in[0].bytes, in[1].bytes, c->time_s};

    (void)out;
    VM_REQUIRE(c, p.scheme.n != 0, "Empty scheme");
    VM_REQUIRE(c, p.key.n >= 1 && p.key.n <= PUBLIC_KEY_BYTES_MAX, "Invalid key length");
    VM_TRY(vm_put(c, &k, &public_key_layout, &p));
    struct vm_val ev[] = {vm_addr(&c->caller), in[0], in[1]};
    return vm_emit(c, VM_MR_ENCRYPTION_KEY, ev);
}

VM_HANDLER(vm_mr_get_encryption_key)
{
    struct public_key p;
    bool found;
    VM_TRY(public_key_load(c, &in[0].addr, &p, &found));
    out[0] = vm_str(p.scheme);
    out[1] = vm_str(p.key);
    out[2] = vm_u64(p.set_s);
    return MC_OK;
}

/* ------------------------------------------------------------------ keys in state */

struct vm_key vm_mr_readers_key(struct mc_slice id)
{
    return vm_key1(VM_MR_TAG_READERS, id);
}

static struct vm_key key_key(struct mc_slice id, const struct mc_addr *grantee)
{
    return vm_key2(VM_MR_TAG_KEY, id, mc_addr_slice(grantee));
}

enum mc_err vm_mr_key_load(struct vm_call *c, struct mc_slice id, const struct mc_addr *grantee,
                           struct vm_mr_key *key, bool *ever)
{
    struct vm_key k = key_key(id, grantee);
    return vm_get(c, &k, &key_layout, key, ever);
}

static enum mc_err key_save(struct vm_call *c, struct mc_slice id, const struct mc_addr *grantee,
                            const struct vm_mr_key *key)
{
    struct vm_key k = key_key(id, grantee);
    return vm_put(c, &k, &key_layout, key);
}

bool vm_mr_key_expired(const struct vm_call *c, const struct mc_u256 *expires)
{
    return !mc_u256_is_zero(expires) && mc_u256_u64_sat(expires) <= c->time_s;
}

enum mc_err vm_mr_expiry_check(struct vm_call *c, const struct mc_u256 *expires)
{
    VM_REQUIRE(c, !vm_mr_key_expired(c, expires), "Expiry must be in the future");
    return MC_OK;
}

enum mc_err vm_mr_wrapped_check(struct vm_call *c, struct mc_slice wrapped)
{
    VM_REQUIRE(c, wrapped.n >= 1 && wrapped.n <= WRAPPED_KEY_BYTES_MAX, "Invalid key length");
    return MC_OK;
}

/* The reader at a place of the list. */
static enum mc_err reader_at(struct vm_call *c, const struct vm_key *k, uint64_t pos,
                             struct mc_addr *out)
{
    struct mc_slice s;
    VM_TRY(vm_list_at(c, k, pos, &s));
    if (s.n != sizeof out->b)
        return vm_cell_corrupt(c);
    memcpy(out->b, s.p, sizeof out->b);
    return MC_OK;
}

enum mc_err vm_mr_key_grant(struct vm_call *c, struct mc_slice id, const struct vm_mr_record *r,
                            const struct vm_mr_grant *g)
{
    struct vm_key readers = vm_mr_readers_key(id);
    struct vm_key shared = vm_mr_addr_key(VM_MR_TAG_SHARED, &g->grantee);
    struct vm_mr_key key;
    bool ever;

    VM_TRY(vm_mr_key_load(c, id, &g->grantee, &key, &ever));
    if (!ever)
        VM_TRY(vm_list_push(c, &shared, id));
    if (key.wrapped.n == 0) {
        VM_TRY(vm_list_len(c, &readers, &key.pos));
        VM_TRY(vm_list_push(c, &readers, mc_addr_slice(&g->grantee)));
    }
    key.wrapped = g->wrapped;
    key.expires = g->expires;
    VM_TRY(key_save(c, id, &g->grantee, &key));
    VM_TRY(vm_mr_request_answer(c, id, &r->patient, &g->grantee));
    struct vm_val ev[] = {vm_str(id), vm_addr(&r->patient), vm_addr(&g->grantee), vm_str(id),
                          vm_u256(&g->expires)};
    return vm_emit(c, VM_MR_KEY_GRANTED, ev);
}

enum mc_err vm_mr_keys_end(struct vm_call *c, struct mc_slice id)
{
    const struct vm_mr_key none = {.pos = 0};
    struct vm_key readers = vm_mr_readers_key(id);
    uint64_t len;
    VM_TRY(vm_list_len(c, &readers, &len));
    for (; len > 0; len--) {
        struct mc_addr reader;
        VM_TRY(reader_at(c, &readers, len - 1, &reader));
        VM_TRY(key_save(c, id, &reader, &none));
        VM_TRY(vm_list_pop(c, &readers));
    }
    return MC_OK;
}

/* The last reader takes the freed place. */
static enum mc_err key_end(struct vm_call *c, struct mc_slice id, const struct mc_addr *grantee,
                           struct vm_mr_key *key)
{
    const struct vm_mr_key none = {.pos = 0};
    struct vm_key readers = vm_mr_readers_key(id);
    struct vm_mr_key moved;
    struct mc_addr last;
    uint64_t len;
    bool found;

    VM_TRY(vm_list_len(c, &readers, &len));
    if (key->pos >= len)
        return vm_cell_corrupt(c);
    if (key->pos != len - 1) {
        VM_TRY(reader_at(c, &readers, len - 1, &last));
        VM_TRY(vm_mr_key_load(c, id, &last, &moved, &found));
        moved.pos = key->pos;
        VM_TRY(key_save(c, id, &last, &moved));
        VM_TRY(vm_list_set(c, &readers, key->pos, mc_addr_slice(&last)));
    }
    VM_TRY(vm_list_pop(c, &readers));
    return key_save(c, id, grantee, &none);
}

/* ------------------------------------------------------------------ sharing */

/* The author shares with whom PatientConsent lets VIEW the record. */
static enum mc_err author_may_share(struct vm_call *c, struct mc_slice id,
                                    const struct vm_mr_record *r, const struct mc_addr *grantee)
{
    struct vm_pc_question q = {.patient = r->patient,
                               .accessor = *grantee,
                               .category = r->category,
                               .data_id = id,
                               .purpose = mc_slice_str("TREAT"),
                               .action = VM_PC_VIEW};
    struct vm_pc_answer a;
    VM_TRY(vm_pc_decide(c, &q, &a));
    VM_REQUIRE(c, a.allowed, "No consent");
    return MC_OK;
}

static enum mc_err may_share(struct vm_call *c, struct mc_slice id, const struct vm_mr_record *r,
                             const struct mc_addr *grantee, bool author_too)
{
    bool side;
    VM_TRY(vm_pc_patient_side(c, &r->patient, &c->caller, &side));
    if (side)
        return MC_OK;
    VM_REQUIRE(c, author_too && mc_addr_eq(&r->author, &c->caller), "Caller may not share");
    return author_may_share(c, id, r, grantee);
}

static enum mc_err room_for_reader(struct vm_call *c, struct mc_slice id,
                                   const struct mc_addr *grantee)
{
    struct vm_key readers = vm_mr_readers_key(id);
    struct vm_mr_key key;
    uint64_t len;
    bool ever;
    VM_TRY(vm_mr_key_load(c, id, grantee, &key, &ever));
    VM_TRY(vm_list_len(c, &readers, &len));
    VM_REQUIRE(c, key.wrapped.n != 0 || len < READERS_MAX, "Too many keys");
    return MC_OK;
}

/* One record shared with one reader. */
static enum mc_err record_share(struct vm_call *c, struct mc_slice id, const struct vm_mr_grant *g,
                                bool author_too)
{
    struct vm_mr_record r;
    VM_TRY(vm_mr_require_active(c, id, &r));
    VM_REQUIRE(c, !mc_addr_is_zero(&g->grantee), "Zero address");
    VM_TRY(may_share(c, id, &r, &g->grantee, author_too));
    VM_TRY(vm_mr_wrapped_check(c, g->wrapped));
    VM_TRY(room_for_reader(c, id, &g->grantee));
    VM_TRY(vm_mr_expiry_check(c, &g->expires));
    return vm_mr_key_grant(c, id, &r, g);
}

/* in: recordId, grantee, wrappedKey, expiresAt. */
VM_HANDLER(vm_mr_grant_key)
{
    struct vm_mr_grant g = {in[1].addr, in[3].num, in[2].bytes};
    (void)out;
    return record_share(c, in[0].bytes, &g, true);
}

/* in: recordIds, grantee, wrappedKeys, expiresAt. */
VM_HANDLER(vm_mr_grant_keys)
{
    uint32_t cnt = in[0].list.cnt;

    (void)out;
    VM_REQUIRE(c, cnt != 0, "Batch is empty");
    VM_REQUIRE(c, cnt <= BATCH_MAX, "Batch too large");
    VM_REQUIRE(c, in[2].list.cnt == cnt, "Length mismatch");
    for (uint32_t i = 0; i < cnt; i++) {
        struct vm_mr_grant g = {in[1].addr, in[3].num, in[2].list.v[i].bytes};
        VM_TRY(record_share(c, in[0].list.v[i].bytes, &g, false));
    }
    return MC_OK;
}

VM_HANDLER(vm_mr_revoke_key)
{
    const struct mc_addr *grantee = &in[1].addr;
    struct vm_mr_record r;
    struct vm_mr_key key;
    bool may = mc_addr_eq(grantee, &c->caller), ever;

    (void)out;
    VM_TRY(vm_mr_require(c, in[0].bytes, &r));
    may = may || mc_addr_eq(&r.author, &c->caller);
    if (!may)
        VM_TRY(vm_pc_patient_side(c, &r.patient, &c->caller, &may));
    VM_REQUIRE(c, may, "Caller may not revoke");
    VM_TRY(vm_mr_key_load(c, in[0].bytes, grantee, &key, &ever));
    VM_REQUIRE(c, key.wrapped.n != 0, "Key does not exist");
    VM_REQUIRE(c, !mc_addr_eq(grantee, &r.patient), "Cannot revoke patient key");
    VM_TRY(key_end(c, in[0].bytes, grantee, &key));
    struct vm_val ev[] = {in[0], vm_addr(&r.patient), in[1], in[0], vm_addr(&c->caller)};
    return vm_emit(c, VM_MR_KEY_REVOKED, ev);
}
