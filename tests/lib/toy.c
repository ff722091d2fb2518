#include "tests/lib/toy.h"

#include "vm/registry.h"

enum { TAG_THING = 1, TAG_IDS, TAG_OWNER, TAG_SUM };

struct thing {
    struct mc_slice id;
    struct mc_addr owner;
    struct mc_u256 amount;
    uint64_t created;
    uint8_t kind;
    bool open;
    struct mc_hash mark;
    struct mc_slice blob;
    struct vm_strs tags;
    struct vm_addrs readers;
    uint64_t secret; /* stored, not shown */
    uint8_t age;     /* shown, not stored */
};

static const struct vm_field thing_fields[] = {
    VM_FIELD(struct thing, id, "id", VM_T_STR),
    VM_FIELD(struct thing, owner, "owner", VM_T_ADDR),
    VM_FIELD(struct thing, amount, "amount", VM_T_U256),
    VM_FIELD(struct thing, created, "created", VM_T_U64),
    VM_FIELD_ENUM(struct thing, kind, "kind", "Kind"),
    VM_FIELD(struct thing, open, "open", VM_T_BOOL),
    VM_FIELD(struct thing, mark, "mark", VM_T_HASH),
    VM_FIELD(struct thing, blob, "blob", VM_T_BYTES),
    VM_FIELD(struct thing, tags, "tags", VM_T_STRS),
    VM_FIELD(struct thing, readers, "readers", VM_T_ADDRS),
    VM_FIELD_STORED(struct thing, secret, VM_T_U64),
    VM_FIELD_ABI(struct thing, age, "age", VM_T_U8),
};
static const struct vm_layout thing_layout = VM_LAYOUT("Thing", struct thing, thing_fields);

struct pair {
    struct mc_slice name;
    uint64_t value;
};
static const struct vm_field pair_fields[] = {
    VM_FIELD(struct pair, name, "name", VM_T_STR),
    VM_FIELD(struct pair, value, "value", VM_T_U64),
};
static const struct vm_layout pair_layout = VM_LAYOUT("Pair", struct pair, pair_fields);

static const char *const events[] = {
    "event Put(string indexed id, address indexed owner, string plainId, uint256 amount, Kind "
    "kind)",
    "event Summed(uint256 indexed sum)",
};

static enum mc_err put(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_key1(TAG_THING, in[0].bytes), ids = vm_key(TAG_IDS);
    struct mc_slice tags[2] = {mc_slice_str("a"), mc_slice_str("b")};
    struct mc_addr readers[1] = {c->caller};
    struct thing t = {
        .id = in[0].bytes,
        .owner = c->caller,
        .amount = in[1].num,
        .created = c->time_s,
        .kind = (uint8_t)in[2].num.w[0],
        .open = true,
        .blob = in[0].bytes,
        .tags = {tags, 2},
        .readers = {readers, 1},
        .secret = 7,
    };
    struct vm_val vals[5] = {in[0], vm_addr(&c->caller), in[0], in[1], in[2]};
    bool found;
    struct thing old;
    (void)out;
    VM_REQUIRE(c, in[0].bytes.n > 0, "Id cannot be empty");
    VM_TRY(vm_get(c, &k, &thing_layout, &old, &found));
    VM_REQUIRE(c, !found, "Thing already exists");
    mc_keccak256(&t.mark, in[0].bytes);
    VM_TRY(vm_put(c, &k, &thing_layout, &t));
    VM_TRY(vm_list_push(c, &ids, in[0].bytes));
    return vm_emit(c, 0, vals);
}

static enum mc_err load(struct vm_call *c, struct mc_slice id, struct thing *t, bool *found)
{
    struct vm_key k = vm_key1(TAG_THING, id);
    VM_TRY(vm_get(c, &k, &thing_layout, t, found));
    t->age = *found ? 9 : 0;
    return MC_OK;
}

static enum mc_err get(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct thing t;
    bool found;
    VM_TRY(load(c, in[0].bytes, &t, &found));
    VM_REQUIRE(c, found, "Thing does not exist");
    vm_ret_tuple(c, &out[0], &thing_layout, &t);
    return MC_OK;
}

static enum mc_err raw(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct thing t;
    bool found;
    VM_TRY(load(c, in[0].bytes, &t, &found));
    vm_ret_members(c, out, &thing_layout, &t);
    return MC_OK;
}

static enum mc_err id_at(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_key(TAG_IDS);
    uint64_t len, i = vm_arg_u64(&in[0]);
    VM_TRY(vm_list_len(c, &k, &len));
    if (i >= len)
        return vm_revert_empty(c);
    return vm_list_at(c, &k, i, &out[0].bytes);
}

static enum mc_err page(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_key(TAG_IDS);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[0]), vm_arg_u64(&in[1]), in[2].num.w[0] != 0);
}

static enum mc_err all(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_key(TAG_IDS);
    (void)in;
    return vm_ret_all(c, out, &k);
}

/* Fills the list quickly: cnt entries "x". */
static enum mc_err fill(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_key(TAG_IDS);
    (void)out;
    for (uint64_t i = 0; i < vm_arg_u64(&in[0]); i++)
        VM_TRY(vm_list_push(c, &k, mc_slice_str("x")));
    return MC_OK;
}

static enum mc_err pop(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_key(TAG_IDS);
    (void)in, (void)out;
    VM_TRY(vm_list_set(c, &k, 0, mc_slice_str("first")));
    return vm_list_pop(c, &k);
}

static enum mc_err add(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_key(TAG_SUM);
    struct mc_u256 sum;
    VM_TRY(vm_get_num(c, &k, &sum));
    if (!mc_u256_add(&sum, &sum, &in[0].num))
        return vm_panic(c, 0x11);
    VM_TRY(vm_put_num(c, &k, &sum));
    out[0] = vm_u256(&sum);
    return vm_emit(c, 1, out);
}

/* Takes one of everything and gives it back. */
static enum mc_err echo(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    (void)c;
    memcpy(out, in, 5 * sizeof *out);
    return MC_OK;
}

static enum mc_err drop(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_key1(TAG_THING, in[0].bytes);
    (void)out;
    return vm_del(c, &k);
}

static enum mc_err owner(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_key(TAG_OWNER);
    struct mc_u256 v;
    uint8_t be[32];
    (void)in;
    VM_TRY(vm_get_num(c, &k, &v));
    mc_u256_to_be(be, &v);
    memcpy(out[0].addr.b, be + 12, 20);
    return MC_OK;
}

static enum mc_err init(struct vm_call *c, const struct vm_val *in, struct vm_val *out)
{
    struct vm_key k = vm_key(TAG_OWNER);
    struct mc_u256 v;
    (void)in, (void)out;
    if (!mc_u256_from_be_n(&v, mc_addr_slice(&c->caller)))
        return MC_EINVAL;
    return vm_put_num(c, &k, &v);
}

static const struct vm_method methods[] = {
    {"function put(string calldata id, uint256 amount, Kind kind) external", "I",
     VM_DOCTOR | VM_NURSE, put},
    {"function get(string id) external view returns (Thing memory)", NULL, 0, get},
    {"function things(string) view returns (string id, address owner, uint256 amount, "
     "uint256 created, Kind kind, bool open, bytes32 mark, bytes blob, string[] tags, "
     "address[] readers, uint8 age)",
     NULL, 0, raw},
    {"function ids(uint256) view returns (string)", NULL, 0, id_at},
    {"function page(uint256 offset, uint256 limit, bool newest) view returns (string[] ids, "
     "uint256 total)",
     NULL, 0, page},
    {"function all() view returns (string[])", NULL, 0, all},
    {"function fill(uint256 cnt)", NULL, 0, fill},
    {"function pop()", NULL, 0, pop},
    {"function add(uint256 n) returns (uint256 sum)", NULL, 0, add},
    {"function echo(Pair[] pairs, string[] words, bytes blob, uint8 small, Pair one) pure returns "
     "(Pair[] pairs, string[] words, bytes blob, uint8 small, Pair one)",
     NULL, 0, echo},
    {"function check(Pair[] pairs, string[] words, bytes blob, uint8 small, Pair one) returns "
     "(Pair[] pairs, string[] words, bytes blob, uint8 small, Pair one)",
     "LITN", 0, echo},
    {"function drop(string id)", "I", VM_ADMIN, drop},
    {"function owner() view returns (address)", NULL, 0, owner},
};

static const struct vm_layout *const structs[] = {&thing_layout, &pair_layout};
static const char *const enums[] = {"Kind:3"};

const struct vm_module toy_module = {
    .name = "Toy",
    .methods = methods,
    .method_cnt = MC_COUNT(methods),
    .events = events,
    .event_cnt = MC_COUNT(events),
    .structs = structs,
    .struct_cnt = MC_COUNT(structs),
    .enums = enums,
    .enum_cnt = MC_COUNT(enums),
    .deployable = true,
    .init = init,
};

void toy_init(void)
{
    vm_init();
    if (vm_module_by_name(mc_slice_str("Toy")) == NULL)
        vm_registry_add(&toy_module, "Toy", TOY_ADDR, 0);
}
