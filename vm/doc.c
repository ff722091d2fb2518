/* A module's page for people, derived from its tables: docs/modules/<Module>.md. */
#include <inttypes.h>

#include "vm/limits.h"
#include "vm/registry.h"

#define COLUMNS   96u
#define DEPTH_MAX 8u /* of structs and arrays in an argument */

/* ------------------------------------------------------------------ Solidity text */

/* Length up to the next blank at which a line may break: behind a comma or a bracket. */
static size_t piece(const char *decl)
{
    size_t n = 0;
    while (decl[n] != '\0' &&
           !(decl[n] == ' ' && n > 0 && (decl[n - 1] == ',' || decl[n - 1] == ')')))
        n++;
    return n;
}

/* A declaration on lines of at most COLUMNS. */
static void put_decl(struct mc_buf *b, const char *decl)
{
    size_t column = piece(decl);
    mc_buf_put(b, decl, column);
    decl += column;
    while (*decl == ' ') {
        size_t n = piece(++decl);
        bool fits = column + 1 + n < COLUMNS;
        mc_buf_put_str(b, fits ? " " : "\n    ");
        mc_buf_put(b, decl, n);
        column = fits ? column + 1 + n : 4 + n;
        decl += n;
    }
    mc_buf_put_str(b, ";\n");
}

/* "LineView[]", "ClaimState", "uint256". */
static void put_type(struct mc_buf *b, const struct vm_dtype *t)
{
    if (t->kind == VM_K_ARRAY) {
        put_type(b, t->elem);
        mc_buf_put_str(b, "[]");
    } else if (t->sol_name != NULL) {
        mc_buf_put_str(b, t->sol_name);
    } else {
        vm_dtype_put(b, t);
    }
}

static void put_hex(struct mc_buf *b, struct mc_slice s)
{
    mc_buf_put_str(b, "0x");
    mc_buf_put_hex(b, s);
}

/* ------------------------------------------------------------------ who may call */

static void put_roles(struct mc_buf *b, const struct vm_method *m)
{
    bool first = true;
    if (m->roles == 0) {
        mc_buf_put_str(b, "no role is asked in general; the function decides by its object "
                          "([who may call](../modules.md#who-may-call))");
        return;
    }
    for (uint32_t i = 0; i < VM_ROLE_CNT; i++) {
        if ((m->roles & 1u << i) == 0)
            continue;
        mc_buf_putf(b, "%s%s", first ? "" : ", ", vm_role_name(1u << i));
        first = false;
    }
}

/* ------------------------------------------------------------------ string limits */

/* The way to an argument: "lines", "[]", ".code". */
struct path {
    const char *part[DEPTH_MAX];
    uint32_t cnt;
};

static void put_path(struct mc_buf *b, const struct path *p)
{
    for (uint32_t i = 0; i < p->cnt; i++) {
        bool member = i > 0 && p->part[i][0] != '[';
        mc_buf_putf(b, "%s%s", member ? "." : "", p->part[i]);
    }
}

static void put_limit(struct mc_buf *b, const struct path *p, char letter, bool first)
{
    size_t max;
    MC_ASSERT(vm_limit_bytes(letter, &max));
    mc_buf_put_str(b, first ? "`" : ", `");
    put_path(b, p);
    if (max == SIZE_MAX)
        mc_buf_put_str(b, "` as the function checks it");
    else
        mc_buf_putf(b, "` %zu", max);
}

/* Walks an argument as vm_limits_ok() does, one letter for each string; returns the letters left. */
static const char *put_limits(struct mc_buf *b, struct path *p, const struct vm_dtype *t,
                              const char *letters, bool *first)
{
    if (t->kind == VM_K_STR || t->kind == VM_K_BYTES) {
        put_limit(b, p, *letters, *first);
        *first = false;
        return letters + 1;
    }
    MC_ASSERT(p->cnt < DEPTH_MAX);
    p->cnt++;
    if (t->kind == VM_K_ARRAY) {
        p->part[p->cnt - 1] = "[]";
        letters = put_limits(b, p, t->elem, letters, first);
    }
    for (uint32_t i = 0; t->kind == VM_K_TUPLE && i < t->member_cnt; i++) {
        p->part[p->cnt - 1] = t->members[i].name;
        letters = put_limits(b, p, t->members[i].type, letters, first);
    }
    p->cnt--;
    return letters;
}

/* ------------------------------------------------------------------ sections */

static void put_head(struct mc_buf *b, const struct vm_entry *e)
{
    const struct vm_module *m = e->module;
    char addr[43];
    uint32_t changing = 0;
    for (uint32_t i = 0; i < m->method_cnt; i++)
        changing += !e->funcs[i].view;
    mc_addr_checksum(addr, &e->addr);
    mc_buf_putf(
        b,
        "# %s\n\nMade from the module's tables by `medichain artifacts docs`; not edited by "
        "hand. What the modules are for, how\nthey work together, and the order of the "
        "checks that all of them share: [modules.md](../modules.md).\n\n",
        m->name);
    mc_buf_putf(b, "- Address: `%s`\n- Active from block: %" PRIu64 "\n", addr, e->active_from);
    mc_buf_put_str(b, "- Code: `");
    put_hex(b, e->code);
    mc_buf_putf(b, "`, %s\n",
                m->deployable ? "which is also the creation data of one more instance"
                              : "this one instance only");
    mc_buf_putf(b, "- %u functions, %u of them change state; %u events\n", m->method_cnt, changing,
                m->event_cnt);
    if (m->guard != NULL)
        mc_buf_put_str(b, "- Checks of its own before those of a function: "
                          "[who may call](../modules.md#who-may-call)\n");
}

static void put_changing(struct mc_buf *b, const struct vm_func *f)
{
    struct path p = {.cnt = 0};
    bool first = true;
    mc_buf_putf(b, "\n### %s\n\n```solidity\n", f->name);
    put_decl(b, f->method->decl);
    mc_buf_put_str(b, "```\n\n- Selector: `");
    put_hex(b, mc_slice(f->selector, sizeof f->selector));
    mc_buf_putf(b, "`, of `%s`\n- Who: ", f->sig);
    put_roles(b, f->method);
    mc_buf_put_str(b, "\n");
    if (f->payable)
        mc_buf_put_str(b, "- Takes value\n");
    if (f->method->limits == NULL)
        return;
    mc_buf_put_str(b, "- At most (bytes): ");
    put_limits(b, &p, f->in, f->method->limits, &first);
    mc_buf_put_str(b, "\n");
}

static void put_funcs(struct mc_buf *b, const struct vm_entry *e)
{
    mc_buf_put_str(b, "\n## Functions that change state\n");
    for (uint32_t i = 0; i < e->module->method_cnt; i++) {
        if (!e->funcs[i].view)
            put_changing(b, &e->funcs[i]);
    }
    mc_buf_put_str(b, "\n## Views\n\nOpen to everybody; they change nothing and cost no fee. The "
                      "selector stands above each.\n\n```solidity\n");
    for (uint32_t i = 0; i < e->module->method_cnt; i++) {
        const struct vm_func *f = &e->funcs[i];
        if (!f->view)
            continue;
        mc_buf_put_str(b, "// ");
        put_hex(b, mc_slice(f->selector, sizeof f->selector));
        mc_buf_put_u8(b, '\n');
        put_decl(b, f->method->decl);
    }
    mc_buf_put_str(b, "```\n");
}

static void put_event(struct mc_buf *b, const struct vm_event *ev, const char *decl)
{
    const struct vm_gas *gas = &VM_GAS_DEFAULT;
    mc_buf_putf(b, "\n### %s\n\n```solidity\n", ev->name);
    put_decl(b, decl);
    mc_buf_put_str(b, "```\n\n- topic 0: `");
    put_hex(b, mc_hash_slice(&ev->topic));
    mc_buf_put_str(b, "`\n");
    for (uint32_t i = 0, topic = 1; i < ev->params->member_cnt; i++) {
        const struct vm_param *p = &ev->params->members[i];
        if (!p->indexed)
            continue;
        mc_buf_putf(b, "- topic %u: `%s`%s\n", topic++, p->name,
                    (p->type->kind == VM_K_STR || p->type->kind == VM_K_BYTES)
                        ? ", as keccak256 of the text"
                        : "");
    }
    mc_buf_putf(b, "- gas: %" PRIu64 ", and %" PRIu64 " for each byte of data\n",
                gas->log + gas->log_topic * (ev->indexed_cnt + 1), gas->log_byte);
}

static void put_struct(struct mc_buf *b, const struct vm_module *m, const struct vm_layout *l)
{
    struct mc_arena a;
    mc_arena_init(&a, 0);
    const struct vm_dtype *t = vm_decl_type(&a, m, l->name);
    MC_ASSERT(t != NULL);
    mc_buf_putf(b, "struct %s {\n", l->name);
    for (uint32_t i = 0; i < t->member_cnt; i++) {
        mc_buf_put_str(b, "    ");
        put_type(b, t->members[i].type);
        mc_buf_putf(b, " %s;\n", t->members[i].name);
    }
    mc_buf_put_str(b, "}\n");
    mc_arena_free(&a);
}

static void put_types(struct mc_buf *b, const struct vm_module *m)
{
    if (m->struct_cnt > 0) {
        mc_buf_put_str(b, "\n## Structs\n\n```solidity\n");
        for (uint32_t i = 0; i < m->struct_cnt; i++)
            put_struct(b, m, m->structs[i]);
        mc_buf_put_str(b, "```\n");
    }
    if (m->enum_cnt == 0)
        return;
    mc_buf_put_str(b, "\n## Enums\n\n`uint8` in the ABI; what the numbers mean: "
                      "[states](../modules.md#states).\n\n");
    for (uint32_t i = 0; i < m->enum_cnt; i++)
        mc_buf_putf(b, "- `%.*s`\n", (int)strcspn(m->enums[i], ":"), m->enums[i]);
}

static void put_gas(struct mc_buf *b)
{
    const struct vm_gas *g = &VM_GAS_DEFAULT;
    mc_buf_put_str(b,
                   "\n## Gas\n\nOn top of Ethereum's intrinsic cost of a transaction, unless the "
                   "genesis file sets another schedule:\n\n");
    mc_buf_putf(b, "- %" PRIu64 " for each call that changes state\n", g->call);
    mc_buf_putf(b, "- %" PRIu64 " for each byte stored\n", g->stored_byte);
    mc_buf_putf(b, "- %" PRIu64 " for each index entry\n", g->index_entry);
    mc_buf_putf(
        b, "- events: %" PRIu64 ", %" PRIu64 " for each topic, %" PRIu64 " for each byte of data\n",
        g->log, g->log_topic, g->log_byte);
    mc_buf_putf(b, "- a view: %" PRIu64 " for each cell it reads, which only bounds `eth_call`\n",
                g->view_load);
}

void vm_module_doc(struct mc_buf *out, const struct vm_module *m)
{
    const struct vm_entry *e = vm_entry_of(m);
    put_head(out, e);
    put_funcs(out, e);
    if (m->event_cnt > 0)
        mc_buf_put_str(out, "\n## Events\n");
    for (uint32_t i = 0; i < m->event_cnt; i++)
        put_event(out, &e->events[i], m->events[i]);
    put_types(out, m);
    put_gas(out);
}
