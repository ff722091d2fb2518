/* Grants on single data items and the log of their use: what changes state in part 1 of AccessControl. */
#include "vm/modules/access_control.h"

enum { TAG_GRANT = 1, TAG_ALL, TAG_GRANTOR, TAG_GRANTEE, TAG_USE, TAG_USE_CNT, TAG_DATA };

static const struct vm_field grant_fields[] = {
    VM_FIELD(struct vm_ac_grant, data_id, "dataId", VM_T_STR),
    VM_FIELD(struct vm_ac_grant, grantor, "grantor", VM_T_ADDR),
    VM_FIELD(struct vm_ac_grant, grantee, "grantee", VM_T_ADDR),
    VM_FIELD(struct vm_ac_grant, grant_time_s, "grantTime", VM_T_U64),
    VM_FIELD(struct vm_ac_grant, expire_time_s, "expireTime", VM_T_U256),
    VM_FIELD(struct vm_ac_grant, active, "isActive", VM_T_BOOL),
    VM_FIELD(struct vm_ac_grant, data_type, "dataType", VM_T_STR),
};
const struct vm_layout VM_AC_GRANT = VM_LAYOUT("AccessGrant", struct vm_ac_grant, grant_fields);

static const struct vm_field use_fields[] = {
    VM_FIELD(struct vm_ac_use, accessor, "accessor", VM_T_ADDR),
    VM_FIELD(struct vm_ac_use, time_s, "accessTime", VM_T_U64),
    VM_FIELD(struct vm_ac_use, data_id, "dataId", VM_T_STR),
    VM_FIELD(struct vm_ac_use, action, "action", VM_T_STR),
};
const struct vm_layout VM_AC_USE = VM_LAYOUT("AccessLog", struct vm_ac_use, use_fields);

/* ------------------------------------------------------------------ keys */

struct vm_key vm_ac_all_key(void)
{
    return vm_key(TAG_ALL);
}

struct vm_key vm_ac_grantor_key(const struct mc_addr *account)
{
    return vm_key1(TAG_GRANTOR, mc_addr_slice(account));
}

struct vm_key vm_ac_grantee_key(const struct mc_addr *account)
{
    return vm_key1(TAG_GRANTEE, mc_addr_slice(account));
}

struct vm_key vm_ac_use_key(uint64_t i)
{
    uint8_t be[8];
    mc_be64_put(be, i);
    return vm_key1(TAG_USE, mc_slice(be, sizeof be));
}

struct vm_key vm_ac_use_cnt_key(void)
{
    return vm_key(TAG_USE_CNT);
}

struct vm_key vm_ac_data_key(struct mc_slice data_id)
{
    return vm_key1(TAG_DATA, data_id);
}

enum mc_err vm_ac_grant_load(struct vm_call *c, struct mc_slice id, struct vm_ac_grant *g,
                             bool *found)
{
    struct vm_key k = vm_key1(TAG_GRANT, id);
    return vm_get(c, &k, &VM_AC_GRANT, g, found);
}

static enum mc_err grant_save(struct vm_call *c, struct mc_slice id, const struct vm_ac_grant *g)
{
    struct vm_key k = vm_key1(TAG_GRANT, id);
    return vm_put(c, &k, &VM_AC_GRANT, g);
}

/* ------------------------------------------------------------------ handlers */

/* in: grantId, grantee, dataId, dataType, duration. */
VM_HANDLER(vm_ac_grant_access)
{
    struct vm_ac_grant g;
    struct mc_slice id = in[0].bytes;
    struct mc_u256 now = mc_u256_u64(c->time_s);
    bool found;
    (void)out;
    VM_REQUIRE(c, id.n != 0, "Grant ID cannot be empty");
    VM_REQUIRE(c, !mc_addr_is_zero(&in[1].addr), "Grantee address cannot be zero");
    VM_REQUIRE(c, in[2].bytes.n != 0, "Data ID cannot be empty");
    VM_REQUIRE(c, !mc_u256_is_zero(&in[4].num), "Duration must be greater than 0");
    VM_TRY(vm_ac_grant_load(c, id, &g, &found));
    VM_REQUIRE(c, !found, "Grant already exists");
    g = (struct vm_ac_grant){.data_id = in[2].bytes,
                             .grantor = c->caller,
                             .grantee = in[1].addr,
                             .grant_time_s = c->time_s,
                             .active = true,
                             .data_type = in[3].bytes};
    if (!mc_u256_add(&g.expire_time_s, &now, &in[4].num))
        return vm_panic(c, 0x11);
    VM_TRY(grant_save(c, id, &g));

    struct vm_key all = vm_ac_all_key(), grantor = vm_ac_grantor_key(&g.grantor);
    struct vm_key grantee = vm_ac_grantee_key(&g.grantee);
    VM_TRY(vm_list_push(c, &all, id));
    VM_TRY(vm_list_push(c, &grantor, id));
    VM_TRY(vm_list_push(c, &grantee, id));

    struct vm_val ev[] = {in[0], vm_addr(&g.grantor), in[1], in[2], vm_u256(&g.expire_time_s)};
    return vm_emit(c, VM_AC_GRANTED, ev);
}

VM_HANDLER(vm_ac_revoke_access)
{
    struct vm_ac_grant g;
    bool found;
    (void)out;
    VM_TRY(vm_ac_grant_load(c, in[0].bytes, &g, &found));
    VM_REQUIRE(c, found, "Grant does not exist");
    VM_REQUIRE(c, mc_addr_eq(&g.grantor, &c->caller) || mc_addr_eq(&g.grantee, &c->caller),
               "Only grantor or grantee can perform this action");
    if (g.active) {
        g.active = false;
        VM_TRY(grant_save(c, in[0].bytes, &g));
    }
    struct vm_val ev[] = {in[0], vm_addr(&c->caller)};
    return vm_emit(c, VM_AC_REVOKED, ev);
}

/* Appends to the log and to the index by data item. */
static enum mc_err use_add(struct vm_call *c, const struct vm_ac_use *u)
{
    struct vm_key cnt = vm_ac_use_cnt_key(), key, data = vm_ac_data_key(u->data_id);
    uint64_t i;
    uint8_t be[8];
    VM_TRY(vm_get_u64(c, &cnt, &i));
    key = vm_ac_use_key(i);
    VM_TRY(vm_put(c, &key, &VM_AC_USE, u));
    VM_TRY(vm_put_u64(c, &cnt, i + 1));
    mc_be64_put(be, i);
    return vm_list_push(c, &data, mc_slice(be, sizeof be));
}

VM_HANDLER(vm_ac_log_access)
{
    struct vm_ac_grant g;
    struct vm_ac_use u;
    bool found;
    (void)out;
    VM_TRY(vm_ac_grant_load(c, in[0].bytes, &g, &found));
    VM_REQUIRE(c, found, "Grant does not exist");
    VM_REQUIRE(c, g.active, "Grant is not active");
    VM_REQUIRE(c, !vm_ac_ended(c, &g.expire_time_s), "Grant has expired");
    VM_REQUIRE(c, mc_addr_eq(&g.grantee, &c->caller), "Only grantee can log access");
    VM_REQUIRE(c, in[1].bytes.n != 0, "Action cannot be empty");
    u = (struct vm_ac_use){c->caller, c->time_s, g.data_id, in[1].bytes};
    VM_TRY(use_add(c, &u));
    struct vm_val ev[] = {in[0], vm_addr(&c->caller), in[1]};
    return vm_emit(c, VM_AC_USED, ev);
}
