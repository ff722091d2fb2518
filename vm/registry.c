#include "vm/registry.h"

#include <stdlib.h>

#include "vm/limits.h"
#include "vm/roles.h"

#define MODULES_MAX 32u
#define MARKER_LEN  4u
#define NAME_MAX    32u

/* contracts/README.md, Instances: never EF00 (EVM objects) nor EF0100 (delegation); 01 is the version. */
static const uint8_t MARKER[MARKER_LEN] = {0xef, 0x4e, 0x4d, 0x01};

static struct {
    struct mc_arena arena; /* lives as long as the process */
    struct vm_entry entry[MODULES_MAX];
    uint32_t cnt;
    bool ready;
} reg;

static void *take(size_t cnt, size_t size)
{
    void *p = mc_arena_calloc(&reg.arena, cnt + 1, size);
    MC_ASSERT(p != NULL);
    return p;
}

static int by_selector(const void *a, const void *b)
{
    const struct vm_func *const *x = a, *const *y = b;
    return memcmp((*x)->selector, (*y)->selector, 4);
}

static int by_func_sig(const void *a, const void *b)
{
    const struct vm_func *const *x = a, *const *y = b;
    return strcmp((*x)->sig, (*y)->sig);
}

static int by_event_sig(const void *a, const void *b)
{
    const struct vm_event *const *x = a, *const *y = b;
    return strcmp((*x)->sig, (*y)->sig);
}

/* An argument's enum must tell its member count, or a wrong value would pass. */
static bool ranges_told(const struct vm_dtype *t)
{
    if (t->kind == VM_K_ARRAY)
        return ranges_told(t->elem);
    for (uint32_t i = 0; t->kind == VM_K_TUPLE && i < t->member_cnt; i++) {
        if (!ranges_told(t->members[i].type))
            return false;
    }
    return t->kind != VM_K_ENUM || t->size < 256;
}

static void add_funcs(struct vm_entry *e, const struct vm_module *m)
{
    e->funcs = take(m->method_cnt, sizeof *e->funcs);
    e->by_selector = take(m->method_cnt, sizeof(struct vm_func *));
    e->by_sig = take(m->method_cnt, sizeof(struct vm_func *));
    for (uint32_t i = 0; i < m->method_cnt; i++) {
        struct vm_func *f = &e->funcs[i];
        vm_decl_func(f, &reg.arena, m, m->methods[i].decl);
        MC_ASSERT(m->methods[i].fn != NULL);
        f->method = &m->methods[i];
        MC_ASSERT(f->view || vm_limits_fit(f));
        MC_ASSERT(ranges_told(f->in));
        e->by_selector[i] = f;
        e->by_sig[i] = f;
    }
    qsort(e->by_sig, m->method_cnt, sizeof(struct vm_func *), by_func_sig);
    qsort(e->by_selector, m->method_cnt, sizeof(struct vm_func *), by_selector);
    for (uint32_t i = 1; i < m->method_cnt; i++)
        MC_ASSERT(by_selector(&e->by_selector[i - 1], &e->by_selector[i]) != 0);
}

static void add_events(struct vm_entry *e, const struct vm_module *m)
{
    e->events = take(m->event_cnt, sizeof *e->events);
    e->events_by_sig = take(m->event_cnt, sizeof(struct vm_event *));
    for (uint32_t i = 0; i < m->event_cnt; i++) {
        vm_decl_event(&e->events[i], &reg.arena, m, m->events[i]);
        e->events_by_sig[i] = &e->events[i];
        for (uint32_t j = 0; j < i; j++)
            MC_ASSERT(!mc_hash_eq(&e->events[i].topic, &e->events[j].topic));
    }
    qsort(e->events_by_sig, m->event_cnt, sizeof(struct vm_event *), by_event_sig);
}

static void add_code(struct vm_entry *e, const char *name)
{
    size_t n = strlen(name);
    uint8_t *code = take(MARKER_LEN + n, 1);
    MC_ASSERT(n >= 1 && n <= NAME_MAX);
    memcpy(code, MARKER, MARKER_LEN);
    memcpy(code + MARKER_LEN, name, n);
    e->code = mc_slice(code, MARKER_LEN + n);
    mc_keccak256(&e->code_hash, e->code);
}

void vm_registry_add(const struct vm_module *m, const char *name, uint32_t addr,
                     uint64_t active_from)
{
    struct vm_entry *e;
    struct mc_addr a = {{0}};
    MC_ASSERT(reg.cnt < MODULES_MAX);
    MC_ASSERT(strcmp(m->name, name) == 0);
    mc_be32_put(a.b + 16, addr);
    MC_ASSERT(reg.cnt == 0 || memcmp(reg.entry[reg.cnt - 1].addr.b, a.b, sizeof a.b) < 0);
    e = &reg.entry[reg.cnt++];
    e->module = m;
    e->addr = a;
    e->active_from = active_from;
    add_funcs(e, m);
    add_events(e, m);
    add_code(e, name);
}

#define VM_MODULE(symbol, name, addr, from) extern const struct vm_module vm_mod_##symbol;
#include "vm/modules.def"
#undef VM_MODULE

void vm_init(void)
{
    if (reg.ready)
        return;
    reg.ready = true;
    vm_roles_init();
#define VM_MODULE(symbol, name, addr, from) vm_registry_add(&vm_mod_##symbol, name, addr, from);
#include "vm/modules.def"
#undef VM_MODULE
}

uint32_t vm_module_cnt(void)
{
    return reg.cnt;
}

const struct vm_module *vm_module_at(uint32_t i)
{
    MC_ASSERT(i < reg.cnt);
    return reg.entry[i].module;
}

const struct vm_entry *vm_entry_of(const struct vm_module *m)
{
    for (uint32_t i = 0; i < reg.cnt; i++) {
        if (reg.entry[i].module == m)
            return &reg.entry[i];
    }
    MC_ASSERT(!"a module that is not registered");
    return NULL;
}

const struct vm_entry *vm_entry_by_name(struct mc_slice name)
{
    for (uint32_t i = 0; i < reg.cnt; i++) {
        if (mc_slice_eq(mc_slice_str(reg.entry[i].module->name), name))
            return &reg.entry[i];
    }
    return NULL;
}

const struct vm_func *vm_entry_func(const struct vm_entry *e, const uint8_t selector[4])
{
    uint32_t lo = 0, hi = e->module->method_cnt;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int order = memcmp(selector, e->by_selector[mid]->selector, 4);
        if (order == 0)
            return e->by_selector[mid];
        if (order < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

/* A name, or a whole signature: "getRecord" or "getRecord(string)". */
const struct vm_func *vm_entry_func_by_name(const struct vm_entry *e, const char *name)
{
    for (uint32_t i = 0; i < e->module->method_cnt; i++) {
        if (strcmp(e->funcs[i].name, name) == 0 || strcmp(e->funcs[i].sig, name) == 0)
            return &e->funcs[i];
    }
    return NULL;
}

const struct vm_event *vm_entry_event(const struct vm_entry *e, const struct mc_hash *topic)
{
    for (uint32_t i = 0; i < e->module->event_cnt; i++) {
        if (mc_hash_eq(&e->events[i].topic, topic))
            return &e->events[i];
    }
    return NULL;
}

const struct vm_module *vm_module_by_name(struct mc_slice name)
{
    const struct vm_entry *e = vm_entry_by_name(name);
    return e == NULL ? NULL : e->module;
}

const struct vm_module *vm_module_by_code_hash(const struct mc_hash *h)
{
    for (uint32_t i = 0; i < reg.cnt; i++) {
        if (mc_hash_eq(&reg.entry[i].code_hash, h))
            return reg.entry[i].module;
    }
    return NULL;
}

const struct mc_addr *vm_module_well_known(const struct vm_module *m)
{
    return &vm_entry_of(m)->addr;
}

uint64_t vm_module_active_from(const struct vm_module *m)
{
    return vm_entry_of(m)->active_from;
}

struct mc_slice vm_module_code(const struct vm_module *m)
{
    return vm_entry_of(m)->code;
}

const struct mc_hash *vm_module_code_hash(const struct vm_module *m)
{
    return &vm_entry_of(m)->code_hash;
}

const struct vm_module *vm_module_of_init_code(struct mc_slice init_code)
{
    const struct vm_module *m;
    if (init_code.n <= MARKER_LEN || memcmp(init_code.p, MARKER, MARKER_LEN) != 0)
        return NULL;
    m = vm_module_by_name(mc_slice_skip(init_code, MARKER_LEN));
    return m != NULL && m->deployable ? m : NULL;
}

const struct mc_addr *vm_module_addr(const char *name)
{
    const struct vm_entry *e = vm_entry_by_name(mc_slice_str(name));
    MC_ASSERT(e != NULL);
    return &e->addr;
}
