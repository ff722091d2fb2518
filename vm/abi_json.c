/* Texts for clients, derived from the tables: ABI JSON, Hardhat artifact, selectors. */
#include "vm/registry.h"

static void put_text(struct mc_buf *b, const char *s)
{
    mc_json_put_str(b, mc_slice_str(s));
}

/* ------------------------------------------------------------------ types */

/* "tuple[]" for a struct array, the canonical name otherwise. */
static void put_abi_type(struct mc_buf *b, const struct vm_dtype *t)
{
    if (t->kind == VM_K_ARRAY) {
        put_abi_type(b, t->elem);
        mc_buf_put_str(b, "[]");
    } else if (t->kind == VM_K_TUPLE) {
        mc_buf_put_str(b, "tuple");
    } else {
        vm_dtype_put(b, t);
    }
}

/* As the compiler writes it: "struct DrugTrace.SupplyItem[]", "enum DrugTrace.ItemState", else the type. */
static void put_internal_type(struct mc_buf *b, const struct vm_module *m, const struct vm_dtype *t)
{
    if (t->kind == VM_K_ARRAY) {
        put_internal_type(b, m, t->elem);
        mc_buf_put_str(b, "[]");
    } else if (t->kind == VM_K_TUPLE) {
        mc_buf_putf(b, "struct %s.%s", m->name, t->sol_name);
    } else if (t->kind == VM_K_ENUM) {
        mc_buf_putf(b, "enum %s.%s", m->name, t->sol_name);
    } else {
        vm_dtype_put(b, t);
    }
}

static const struct vm_dtype *innermost(const struct vm_dtype *t)
{
    while (t->kind == VM_K_ARRAY)
        t = t->elem;
    return t;
}

enum param_of { OF_FUNCTION, OF_EVENT };

static void put_params(struct mc_buf *b, const struct vm_module *m, const struct vm_param *v,
                       uint32_t cnt, enum param_of of);

static void put_param(struct mc_buf *b, const struct vm_module *m, const struct vm_param *p,
                      enum param_of of)
{
    const struct vm_dtype *t = innermost(p->type);
    mc_buf_put_u8(b, '{');
    if (t->kind == VM_K_TUPLE) {
        mc_buf_put_str(b, "\"components\":");
        put_params(b, m, t->members, t->member_cnt, OF_FUNCTION);
        mc_buf_put_u8(b, ',');
    }
    if (of == OF_EVENT)
        mc_buf_putf(b, "\"indexed\":%s,", p->indexed ? "true" : "false");
    mc_buf_put_str(b, "\"internalType\":\"");
    put_internal_type(b, m, p->type);
    mc_buf_put_str(b, "\",\"name\":");
    put_text(b, p->name);
    mc_buf_put_str(b, ",\"type\":\"");
    put_abi_type(b, p->type);
    mc_buf_put_str(b, "\"}");
}

static void put_params(struct mc_buf *b, const struct vm_module *m, const struct vm_param *v,
                       uint32_t cnt, enum param_of of)
{
    mc_buf_put_u8(b, '[');
    for (uint32_t i = 0; i < cnt; i++) {
        if (i > 0)
            mc_buf_put_u8(b, ',');
        put_param(b, m, &v[i], of);
    }
    mc_buf_put_u8(b, ']');
}

/* ------------------------------------------------------------------ entries */

static void put_event(struct mc_buf *b, const struct vm_module *m, const struct vm_event *e)
{
    mc_buf_put_str(b, "{\"anonymous\":false,\"inputs\":");
    put_params(b, m, e->params->members, e->params->member_cnt, OF_EVENT);
    mc_buf_put_str(b, ",\"name\":");
    put_text(b, e->name);
    mc_buf_put_str(b, ",\"type\":\"event\"}");
}

static const char *mutability(const struct vm_func *f)
{
    if (f->pure)
        return "pure";
    if (f->view)
        return "view";
    return f->payable ? "payable" : "nonpayable";
}

static void put_func(struct mc_buf *b, const struct vm_module *m, const struct vm_func *f)
{
    mc_buf_put_str(b, "{\"inputs\":");
    put_params(b, m, f->in->members, f->in->member_cnt, OF_FUNCTION);
    mc_buf_put_str(b, ",\"name\":");
    put_text(b, f->name);
    mc_buf_put_str(b, ",\"outputs\":");
    put_params(b, m, f->out->members, f->out->member_cnt, OF_FUNCTION);
    mc_buf_putf(b, ",\"stateMutability\":\"%s\",\"type\":\"function\"}", mutability(f));
}

void vm_abi_json(struct mc_buf *out, const struct vm_module *m)
{
    const struct vm_entry *e = vm_entry_of(m);
    mc_buf_put_u8(out, '[');
    for (uint32_t i = 0; i < m->event_cnt; i++) {
        if (i > 0)
            mc_buf_put_u8(out, ',');
        put_event(out, m, e->events_by_sig[i]);
    }
    for (uint32_t i = 0; i < m->method_cnt; i++) {
        if (i + m->event_cnt > 0)
            mc_buf_put_u8(out, ',');
        put_func(out, m, e->by_sig[i]);
    }
    mc_buf_put_u8(out, ']');
}

/* ------------------------------------------------------------------ artifact, selectors */

void vm_artifact_json(struct mc_buf *out, const struct vm_module *m)
{
    struct mc_slice code = vm_module_code(m);
    mc_buf_put_str(out, "{\"_format\":\"hh-sol-artifact-1\",\"contractName\":");
    put_text(out, m->name);
    mc_buf_putf(out, ",\"sourceName\":\"contracts/%s.sol\",\"abi\":", m->name);
    vm_abi_json(out, m);
    mc_buf_put_str(out, ",\"bytecode\":");
    mc_json_put_hex(out, code);
    mc_buf_put_str(out, ",\"deployedBytecode\":");
    mc_json_put_hex(out, code);
    mc_buf_put_str(out, ",\"linkReferences\":{},\"deployedLinkReferences\":{}}");
}

void vm_selectors_text(struct mc_buf *out, const struct vm_module *m)
{
    const struct vm_entry *e = vm_entry_of(m);
    uint32_t changing = 0;
    for (uint32_t i = 0; i < m->method_cnt; i++)
        changing += !e->funcs[i].view;
    mc_buf_putf(out, "%s: %u functions (%u state-changing), %u events\n", m->name, m->method_cnt,
                changing, m->event_cnt);
    for (uint32_t i = 0; i < m->method_cnt; i++) {
        const struct vm_func *f = e->by_sig[i];
        mc_buf_put_str(out, "  0x");
        mc_buf_put_hex(out, mc_slice(f->selector, sizeof f->selector));
        mc_buf_putf(out, "  %s%s\n", f->sig, f->view ? "  view" : f->payable ? "  payable" : "");
    }
    for (uint32_t i = 0; i < m->event_cnt; i++) {
        const struct vm_event *ev = e->events_by_sig[i];
        mc_buf_put_str(out, "  0x");
        mc_buf_put_hex(out, mc_hash_slice(&ev->topic));
        mc_buf_putf(out, "  %s\n", ev->sig);
    }
}
