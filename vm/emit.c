/* Log entries from the rows of a module's event table. */
#include "vm/abi.h"
#include "vm/frame.h"
#include "vm/registry.h"

enum mc_err vm_emit(struct vm_call *c, uint32_t event_i, const struct vm_val *vals)
{
    const struct vm_env *env = c->frame->env;
    const struct vm_event *e;
    struct mc_hash topics[4];
    struct vm_val *data;
    struct mc_slice bytes;
    uint32_t topic_cnt = 1, data_cnt = 0;
    enum mc_err err;
    MC_ASSERT(!c->read_only);
    MC_ASSERT(event_i < c->module->event_cnt);
    VM_TRY(vm_ok(c));
    e = &vm_entry_of(c->module)->events[event_i];
    topics[0] = e->topic;
    data = vm_alloc(c, e->data->member_cnt * sizeof *data);
    for (uint32_t i = 0; i < e->params->member_cnt; i++) {
        const struct vm_param *p = &e->params->members[i];
        if (p->indexed)
            vm_abi_topic(&topics[topic_cnt++], p->type, &vals[i]);
        else
            data[data_cnt++] = vals[i];
    }
    VM_TRY(vm_ok(c));
    err = vm_abi_encode(&bytes, env->arena, e->data, data);
    if (err == MC_OK) {
        VM_TRY(vm_charge(c, env->gas->log + env->gas->log_topic * topic_cnt +
                                env->gas->log_byte * bytes.n));
        err = env->host->log(env->host->ctx, &c->self, topics, topic_cnt, bytes);
    }
    if (err != MC_OK)
        c->frame->failed = err;
    return err;
}
