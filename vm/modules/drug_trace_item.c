/* Items of DrugTrace in state: load and save, who may touch them, whose they are. */
#include "vm/modules/drug_trace.h"

static const struct vm_field item_fields[] = {
    VM_FIELD_ABI(struct vm_dt_item, id, "itemId", VM_T_STR),
    VM_FIELD(struct vm_dt_item, m.name, "name", VM_T_STR),
    VM_FIELD(struct vm_dt_item, m.specification, "specification", VM_T_STR),
    VM_FIELD(struct vm_dt_item, m.manufacturer, "manufacturer", VM_T_STR),
    VM_FIELD(struct vm_dt_item, m.batch, "batchNumber", VM_T_STR),
    VM_FIELD(struct vm_dt_item, m.production_s, "productionDate", VM_T_U256),
    VM_FIELD(struct vm_dt_item, m.expiry_s, "expiryDate", VM_T_U256),
    VM_FIELD(struct vm_dt_item, location, "currentLocation", VM_T_STR),
    VM_FIELD(struct vm_dt_item, owner, "currentOwner", VM_T_ADDR),
    VM_FIELD(struct vm_dt_item, active, "isActive", VM_T_BOOL),
    VM_FIELD(struct vm_dt_item, m.category, "category", VM_T_STR),
    VM_FIELD_STORED(struct vm_dt_item, master_no, VM_T_U64),
    VM_FIELD_STORED(struct vm_dt_item, creator, VM_T_ADDR),
    VM_FIELD_STORED(struct vm_dt_item, created_s, VM_T_U64),
    VM_FIELD_STORED(struct vm_dt_item, owner_i, VM_T_U64),
    VM_FIELD_STORED(struct vm_dt_item, trace_cnt, VM_T_U64),
    VM_FIELD_STORED(struct vm_dt_item, use_cnt, VM_T_U64),
    VM_FIELD_STORED(struct vm_dt_item, issue_use_cnt, VM_T_U64),
    VM_FIELD_STORED(struct vm_dt_item, quarantined, VM_T_BOOL),
    VM_FIELD_STORED(struct vm_dt_item, final, VM_T_U8),
    VM_FIELD_STORED(struct vm_dt_item, handover, VM_T_STR),
    VM_FIELD_STORED(struct vm_dt_item, requisition, VM_T_STR),
    VM_FIELD_STORED(struct vm_dt_item, prescription, VM_T_STR),
};
const struct vm_layout VM_DT_ITEM = VM_LAYOUT("SupplyItem", struct vm_dt_item, item_fields);

static const struct vm_field master_fields[] = {
    VM_FIELD_STORED(struct vm_dt_master, name, VM_T_STR),
    VM_FIELD_STORED(struct vm_dt_master, specification, VM_T_STR),
    VM_FIELD_STORED(struct vm_dt_master, manufacturer, VM_T_STR),
    VM_FIELD_STORED(struct vm_dt_master, batch, VM_T_STR),
    VM_FIELD_STORED(struct vm_dt_master, production_s, VM_T_U256),
    VM_FIELD_STORED(struct vm_dt_master, expiry_s, VM_T_U256),
    VM_FIELD_STORED(struct vm_dt_master, category, VM_T_STR),
};
static const struct vm_layout master_layout = VM_LAYOUT(NULL, struct vm_dt_master, master_fields);

/* ------------------------------------------------------------------ keys */

static struct vm_key item_key(struct mc_slice id)
{
    return vm_key1(VM_DT_TAG_ITEM, id);
}

static struct vm_key master_key(uint64_t no)
{
    uint8_t be[8];
    mc_be64_put(be, no);
    return vm_key1(VM_DT_TAG_MASTER, mc_slice(be, sizeof be));
}

struct vm_key vm_dt_all_key(void)
{
    return vm_key(VM_DT_TAG_ALL);
}

struct vm_key vm_dt_manufacturer_key(struct mc_slice manufacturer)
{
    return vm_key1(VM_DT_TAG_MANUFACTURER, manufacturer);
}

struct vm_key vm_dt_batch_number_key(struct mc_slice batch_number)
{
    return vm_key1(VM_DT_TAG_BATCH_NUMBER, batch_number);
}

struct vm_key vm_dt_owner_key(const struct mc_addr *owner)
{
    return vm_key1(VM_DT_TAG_OWNER, mc_addr_slice(owner));
}

/* ------------------------------------------------------------------ load and save */

/* The item as it is stored: without the master data when that is stored elsewhere. */
static enum mc_err raw_load(struct vm_call *c, struct mc_slice id, struct vm_dt_item *it,
                            bool *found)
{
    struct vm_key k = item_key(id);
    VM_TRY(vm_get(c, &k, &VM_DT_ITEM, it, found));
    if (*found)
        it->id = id;
    return MC_OK;
}

static enum mc_err raw_save(struct vm_call *c, const struct vm_dt_item *it)
{
    struct vm_key k = item_key(it->id);
    return vm_put(c, &k, &VM_DT_ITEM, it);
}

enum mc_err vm_dt_item_load(struct vm_call *c, struct mc_slice id, struct vm_dt_item *it,
                            bool *found)
{
    VM_TRY(raw_load(c, id, it, found));
    if (it->master_no == 0)
        return MC_OK;
    bool master_found;
    struct vm_key k = master_key(it->master_no);
    VM_TRY(vm_get(c, &k, &master_layout, &it->m, &master_found));
    return master_found ? MC_OK : MC_ECORRUPT;
}

enum mc_err vm_dt_item_save(struct vm_call *c, const struct vm_dt_item *it)
{
    struct vm_dt_item raw = *it;
    if (it->master_no != 0)
        raw.m = (struct vm_dt_master){0};
    return raw_save(c, &raw);
}

enum mc_err vm_dt_master_save(struct vm_call *c, uint64_t no, const struct vm_dt_master *m)
{
    struct vm_key k = master_key(no);
    return vm_put(c, &k, &master_layout, m);
}

/* ------------------------------------------------------------------ checks */

enum mc_err vm_dt_item_require(struct vm_call *c, struct mc_slice id, struct vm_dt_item *it)
{
    bool found;
    VM_TRY(vm_dt_item_load(c, id, it, &found));
    VM_REQUIRE(c, found, "Item does not exist");
    return MC_OK;
}

enum mc_err vm_dt_item_own(struct vm_call *c, struct mc_slice id, struct vm_dt_item *it)
{
    VM_TRY(vm_dt_item_require(c, id, it));
    VM_REQUIRE(c, it->active, "Item is not active");
    VM_REQUIRE(c, mc_addr_eq(&it->owner, &c->caller), "Only current owner can perform this action");
    return MC_OK;
}

enum mc_err vm_dt_item_free(struct vm_call *c, const struct vm_dt_item *it,
                            const struct mc_addr *to)
{
    struct vm_dt_batch b;
    VM_REQUIRE(c, it->handover.n == 0, "Item is in transit");
    VM_TRY(vm_dt_batch_load(c, it->m.manufacturer, it->m.batch, &b));
    VM_REQUIRE(c, !it->quarantined && !b.quarantined, "Item is quarantined");
    bool goes_back = to != NULL && mc_addr_eq(to, &b.recaller);
    VM_REQUIRE(c, b.recall_class == 0 || goes_back, "Item is recalled");
    return MC_OK;
}

bool vm_dt_item_expired(const struct vm_call *c, const struct vm_dt_item *it)
{
    struct mc_u256 now = mc_u256_u64(c->time_s);
    return mc_u256_cmp(&now, &it->m.expiry_s) > 0;
}

/* ------------------------------------------------------------------ owners */

enum mc_err vm_dt_owner_add(struct vm_call *c, struct vm_dt_item *it)
{
    struct vm_key k = vm_dt_owner_key(&it->owner);
    VM_TRY(vm_list_len(c, &k, &it->owner_i));
    return vm_list_push(c, &k, it->id);
}

enum mc_err vm_dt_owner_remove(struct vm_call *c, const struct vm_dt_item *it)
{
    struct vm_key k = vm_dt_owner_key(&it->owner);
    uint64_t len;

    VM_TRY(vm_list_len(c, &k, &len));
    if (it->owner_i >= len)
        return MC_ECORRUPT;
    if (it->owner_i != len - 1) {
        struct mc_slice last_id;
        struct vm_dt_item last;
        bool found;
        VM_TRY(vm_list_at(c, &k, len - 1, &last_id));
        VM_TRY(raw_load(c, last_id, &last, &found));
        if (!found)
            return MC_ECORRUPT;
        last.owner_i = it->owner_i;
        VM_TRY(vm_list_set(c, &k, it->owner_i, last_id));
        VM_TRY(raw_save(c, &last));
    }
    return vm_list_pop(c, &k);
}

enum mc_err vm_dt_item_move(struct vm_call *c, struct vm_dt_item *it, const struct mc_addr *to,
                            struct mc_slice location)
{
    it->location = location;
    VM_TRY(vm_dt_owner_remove(c, it));
    it->owner = *to;
    return vm_dt_owner_add(c, it);
}

enum mc_err vm_dt_item_end(struct vm_call *c, struct vm_dt_item *it, enum vm_dt_item_state final)
{
    it->active = false;
    it->final = (uint8_t) final;
    return vm_dt_owner_remove(c, it);
}

enum mc_err vm_dt_emit_moved(struct vm_call *c, const struct vm_dt_item *it,
                             const struct mc_addr *from)
{
    struct vm_val ev[] = {vm_str(it->id), vm_addr(from), vm_addr(&it->owner), vm_str(it->location)};
    return vm_emit(c, VM_DT_TRANSFERRED, ev);
}
