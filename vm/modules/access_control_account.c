/* What AccessControl knows about an account: suspension, roles, and changes that a vote decided.
 *
 * One record holds all of it, so that the guard reads one cell.  Roles and changes are packed:
 *     role     bit number 1 (255: a role without a name, whose 32 bytes follow), pos 8, expiry
 *     change   bit number 1, grant 1, pos 8, expiry, height
 * where expiry and height are a length byte and that many big-endian bytes. */
#include "vm/modules/access_control.h"
#include "vm/state.h"

enum { TAG_ACCOUNT = 8, TAG_HOLDERS, TAG_ADMIN, TAG_DECIDED };

#define NAMELESS         255u
#define ROLE_BYTES_MAX   (1u + 32 + 8 + 33)
#define CHANGE_BYTES_MAX (1u + 1 + 8 + 33 + 33)

struct record {
    bool suspended;
    struct mc_slice roles;
    struct mc_slice changes;
};
static const struct vm_field record_fields[] = {
    VM_FIELD_STORED(struct record, suspended, VM_T_BOOL),
    VM_FIELD_STORED(struct record, roles, VM_T_BYTES),
    VM_FIELD_STORED(struct record, changes, VM_T_BYTES),
};
static const struct vm_layout record_layout = VM_LAYOUT(NULL, struct record, record_fields);

static struct vm_key account_key(const struct mc_addr *account)
{
    return vm_key1(TAG_ACCOUNT, mc_addr_slice(account));
}

struct vm_key vm_ac_holders_key(const struct mc_hash *role)
{
    return vm_key1(TAG_HOLDERS, mc_hash_slice(role));
}

struct vm_key vm_ac_admin_key(const struct mc_hash *role)
{
    return vm_key1(TAG_ADMIN, mc_hash_slice(role));
}

struct vm_key vm_ac_decided_key(const struct mc_hash *role)
{
    return vm_key1(TAG_DECIDED, mc_hash_slice(role));
}

/* ------------------------------------------------------------------ small answers */

static uint32_t bit_number(uint32_t bit)
{
    uint32_t i = 0;
    while (bit >> i != 1)
        i++;
    return i;
}

uint32_t vm_ac_bit(const struct mc_hash *role)
{
    for (uint32_t i = 0; i < VM_ROLE_CNT; i++) {
        if (mc_hash_eq(role, vm_role_id(1u << i)))
            return 1u << i;
    }
    return 0;
}

bool vm_ac_reached(const struct vm_call *c, const struct mc_u256 *height)
{
    return !mc_u256_is_zero(height) && mc_u256_u64_sat(height) <= c->block_number;
}

bool vm_ac_ended(const struct vm_call *c, const struct mc_u256 *expiry)
{
    return !mc_u256_is_zero(expiry) && mc_u256_u64_sat(expiry) <= c->time_s;
}

struct vm_ac_entry *vm_ac_find(struct vm_ac_account *a, const struct mc_hash *role)
{
    for (uint32_t i = 0; i < a->entry_cnt; i++) {
        if (mc_hash_eq(&a->entries[i].role, role))
            return &a->entries[i];
    }
    return NULL;
}

/* ------------------------------------------------------------------ the packed form */

struct reader {
    struct mc_slice s;
    bool bad;
};

static const uint8_t *take(struct reader *r, size_t n)
{
    static const uint8_t zeros[32];
    const uint8_t *p = r->s.p;
    if (r->s.n < n) {
        r->bad = true;
        r->s.n = 0;
        return zeros;
    }
    r->s = mc_slice_skip(r->s, n);
    return p;
}

static struct mc_u256 take_num(struct reader *r)
{
    struct mc_u256 v = MC_U256_ZERO;
    uint8_t n = *take(r, 1);
    if (n > 32 || !mc_u256_from_be_n(&v, mc_slice(take(r, n), n)))
        r->bad = true;
    return v;
}

static uint32_t take_bit(struct reader *r)
{
    uint8_t i = *take(r, 1);
    if (i < VM_ROLE_CNT)
        return 1u << i;
    r->bad |= i != NAMELESS;
    return 0;
}

static void take_entry(struct reader *r, struct vm_ac_entry *e)
{
    e->bit = take_bit(r);
    if (e->bit != 0)
        e->role = *vm_role_id(e->bit);
    else
        memcpy(e->role.b, take(r, sizeof e->role.b), sizeof e->role.b);
    e->pos = mc_be64_get(take(r, 8));
    e->expiry = take_num(r);
}

static void take_change(struct reader *r, struct vm_ac_change *ch)
{
    ch->bit = take_bit(r);
    r->bad |= ch->bit == 0;
    ch->grant = *take(r, 1) != 0;
    ch->pos = mc_be64_get(take(r, 8));
    ch->expiry = take_num(r);
    ch->height = take_num(r);
}

static uint8_t *give_num(uint8_t *p, const struct mc_u256 *v)
{
    size_t n = mc_u256_byte_len(v);
    uint8_t be[32];
    mc_u256_to_be(be, v);
    *p++ = (uint8_t)n;
    memcpy(p, be + 32 - n, n);
    return p + n;
}

static uint8_t *give_entry(uint8_t *p, const struct vm_ac_entry *e)
{
    *p++ = e->bit == 0 ? NAMELESS : (uint8_t)bit_number(e->bit);
    if (e->bit == 0) {
        memcpy(p, e->role.b, sizeof e->role.b);
        p += sizeof e->role.b;
    }
    mc_be64_put(p, e->pos);
    return give_num(p + 8, &e->expiry);
}

static uint8_t *give_change(uint8_t *p, const struct vm_ac_change *ch)
{
    *p++ = (uint8_t)bit_number(ch->bit);
    *p++ = ch->grant ? 1 : 0;
    mc_be64_put(p, ch->pos);
    return give_num(give_num(p + 8, &ch->expiry), &ch->height);
}

/* ------------------------------------------------------------------ load and save */

enum mc_err vm_ac_load(struct vm_call *c, const struct mc_addr *account, struct vm_ac_account *a)
{
    struct vm_key k = account_key(account);
    struct record rec;
    struct reader r = {.bad = false};
    bool found;
    a->suspended = false;
    a->entry_cnt = 0;
    a->change_cnt = 0;
    VM_TRY(vm_get(c, &k, &record_layout, &rec, &found));
    a->suspended = rec.suspended;
    for (r.s = rec.roles; r.s.n > 0 && a->entry_cnt < VM_AC_ROLES_MAX;)
        take_entry(&r, &a->entries[a->entry_cnt++]);
    if (r.s.n > 0 || r.bad)
        return vm_cell_corrupt(c);
    for (r.s = rec.changes; r.s.n > 0 && a->change_cnt < VM_ROLE_CNT;)
        take_change(&r, &a->changes[a->change_cnt++]);
    return r.s.n > 0 || r.bad ? vm_cell_corrupt(c) : MC_OK;
}

enum mc_err vm_ac_save(struct vm_call *c, const struct mc_addr *account,
                       const struct vm_ac_account *a)
{
    uint8_t roles[VM_AC_ROLES_MAX * ROLE_BYTES_MAX], *r = roles;
    uint8_t changes[VM_ROLE_CNT * CHANGE_BYTES_MAX], *ch = changes;
    struct vm_key k = account_key(account);
    if (!a->suspended && a->entry_cnt == 0 && a->change_cnt == 0)
        return vm_del(c, &k);
    for (uint32_t i = 0; i < a->entry_cnt; i++)
        r = give_entry(r, &a->entries[i]);
    for (uint32_t i = 0; i < a->change_cnt; i++)
        ch = give_change(ch, &a->changes[i]);
    struct record rec = {.suspended = a->suspended,
                         .roles = mc_slice(roles, (size_t)(r - roles)),
                         .changes = mc_slice(changes, (size_t)(ch - changes))};
    return vm_put(c, &k, &record_layout, &rec);
}

/* ------------------------------------------------------------------ entries and their lists */

static void entry_drop(struct vm_ac_account *a, struct vm_ac_entry *e)
{
    *e = a->entries[--a->entry_cnt];
}

enum mc_err vm_ac_list_account(struct vm_call *c, const struct vm_key *k, uint64_t i,
                               struct mc_addr *out)
{
    struct mc_slice s;
    VM_TRY(vm_list_at(c, k, i, &s));
    if (s.n != sizeof out->b)
        return vm_cell_corrupt(c);
    memcpy(out->b, s.p, sizeof out->b);
    return MC_OK;
}

enum mc_err vm_ac_list_cut(struct vm_call *c, const struct vm_key *k, uint64_t pos,
                           struct mc_addr *moved)
{
    uint64_t len;
    *moved = MC_ADDR_ZERO;
    VM_TRY(vm_list_len(c, k, &len));
    if (pos >= len)
        return vm_cell_corrupt(c);
    if (pos + 1 < len) {
        VM_TRY(vm_ac_list_account(c, k, len - 1, moved));
        VM_TRY(vm_list_set(c, k, pos, mc_addr_slice(moved)));
    }
    return vm_list_pop(c, k);
}

enum mc_err vm_ac_add(struct vm_call *c, const struct mc_addr *account, struct vm_ac_account *a,
                      const struct mc_hash *role, const struct mc_u256 *expiry)
{
    struct vm_key k = vm_ac_holders_key(role);
    struct vm_ac_entry *e = &a->entries[a->entry_cnt];
    MC_ASSERT(a->entry_cnt < VM_AC_ROLES_MAX);
    e->role = *role;
    e->bit = vm_ac_bit(role);
    e->expiry = *expiry;
    VM_TRY(vm_list_len(c, &k, &e->pos));
    a->entry_cnt++;
    return vm_list_push(c, &k, mc_addr_slice(account));
}

enum mc_err vm_ac_remove(struct vm_call *c, struct vm_ac_account *a, struct vm_ac_entry *e)
{
    struct vm_key k = vm_ac_holders_key(&e->role);
    struct mc_hash role = e->role;
    uint64_t pos = e->pos;
    struct vm_ac_account other;
    struct vm_ac_entry *held;
    struct mc_addr moved;
    VM_TRY(vm_ac_list_cut(c, &k, pos, &moved));
    entry_drop(a, e);
    if (mc_addr_is_zero(&moved))
        return MC_OK;
    VM_TRY(vm_ac_load(c, &moved, &other));
    held = vm_ac_find(&other, &role);
    if (held == NULL)
        return vm_cell_corrupt(c);
    held->pos = pos;
    return vm_ac_save(c, &moved, &other);
}

/* ------------------------------------------------------------------ decided changes */

static uint32_t due_cnt(const struct vm_call *c, const struct vm_ac_account *a)
{
    uint32_t n = 0;
    while (n < a->change_cnt && vm_ac_reached(c, &a->changes[n].height))
        n++;
    return n;
}

static void changes_skip(struct vm_ac_account *a, uint32_t n)
{
    a->change_cnt -= n;
    memmove(a->changes, a->changes + n, a->change_cnt * sizeof *a->changes);
}

/* IGovernance: a grant does nothing when the account has 32 roles. */
static void apply(struct vm_ac_account *a, const struct vm_ac_change *ch)
{
    const struct mc_hash *role = vm_role_id(ch->bit);
    struct vm_ac_entry *e = vm_ac_find(a, role);
    if (!ch->grant) {
        if (e != NULL)
            entry_drop(a, e);
    } else if (e != NULL) {
        e->expiry = ch->expiry;
    } else if (a->entry_cnt < VM_AC_ROLES_MAX) {
        a->entries[a->entry_cnt++] = (struct vm_ac_entry){*role, ch->bit, UINT64_MAX, ch->expiry};
    }
}

enum mc_err vm_ac_read(struct vm_call *c, const struct mc_addr *account, struct vm_ac_account *a)
{
    uint32_t due;
    VM_TRY(vm_ac_load(c, account, a));
    due = due_cnt(c, a);
    for (uint32_t i = 0; i < due; i++)
        apply(a, &a->changes[i]);
    changes_skip(a, due);
    return MC_OK;
}

/* Takes a change out of the role's list of decided ones. */
static enum mc_err decided_cut(struct vm_call *c, const struct vm_ac_change *ch)
{
    struct vm_key k = vm_ac_decided_key(vm_role_id(ch->bit));
    struct vm_ac_account other;
    struct mc_addr moved;
    VM_TRY(vm_ac_list_cut(c, &k, ch->pos, &moved));
    if (mc_addr_is_zero(&moved))
        return MC_OK;
    VM_TRY(vm_ac_load(c, &moved, &other));
    for (uint32_t i = 0; i < other.change_cnt; i++) {
        if (other.changes[i].bit == ch->bit)
            other.changes[i].pos = ch->pos;
    }
    return vm_ac_save(c, &moved, &other);
}

static enum mc_err carry_out(struct vm_call *c, const struct mc_addr *account,
                             struct vm_ac_account *a, const struct vm_ac_change *ch)
{
    const struct mc_hash *role = vm_role_id(ch->bit);
    struct vm_ac_entry *e = vm_ac_find(a, role);
    VM_TRY(decided_cut(c, ch));
    if (!ch->grant && e != NULL)
        return vm_ac_remove(c, a, e);
    if (ch->grant && e == NULL && a->entry_cnt < VM_AC_ROLES_MAX)
        return vm_ac_add(c, account, a, role, &ch->expiry);
    if (ch->grant && e != NULL)
        e->expiry = ch->expiry;
    return MC_OK;
}

enum mc_err vm_ac_settle(struct vm_call *c, const struct mc_addr *account, struct vm_ac_account *a)
{
    uint32_t due;
    VM_TRY(vm_ac_load(c, account, a));
    due = due_cnt(c, a);
    for (uint32_t i = 0; i < due; i++)
        VM_TRY(carry_out(c, account, a, &a->changes[i]));
    changes_skip(a, due);
    return MC_OK;
}
