/* Emergency ("break-glass") access: opened without consent, for a short time, reviewed afterwards. */
#include "vm/modules/patient_consent.h"
#include "vm/modules/sequence.h"
#include "vm/state.h"

static const struct vm_field session_fields[] = {
    VM_FIELD(struct vm_pc_session, patient, "patient", VM_T_ADDR),
    VM_FIELD(struct vm_pc_session, accessor, "accessor", VM_T_ADDR),
    VM_FIELD(struct vm_pc_session, reason, "reasonCode", VM_T_STR),
    VM_FIELD(struct vm_pc_session, justification, "justificationHash", VM_T_HASH),
    VM_FIELD(struct vm_pc_session, opened_s, "openedAt", VM_T_U64),
    VM_FIELD(struct vm_pc_session, expires_s, "expiresAt", VM_T_U64),
    VM_FIELD(struct vm_pc_session, closed_s, "closedAt", VM_T_U64),
    VM_FIELD(struct vm_pc_session, reviewer, "reviewer", VM_T_ADDR),
    VM_FIELD(struct vm_pc_session, justified, "justified", VM_T_BOOL),
    VM_FIELD(struct vm_pc_session, review, "reviewHash", VM_T_HASH),
    VM_FIELD_ENUM(struct vm_pc_session, state, "state", "SessionState"),
    VM_FIELD_STORED(struct vm_pc_session, pos, VM_T_U64),
};
const struct vm_layout VM_PC_SESSION = VM_LAYOUT("Session", struct vm_pc_session, session_fields);

struct newest {
    struct mc_slice id;
};
static const struct vm_field newest_fields[] = {VM_FIELD_STORED(struct newest, id, VM_T_STR)};
static const struct vm_layout newest_layout = VM_LAYOUT(NULL, struct newest, newest_fields);

static struct vm_key newest_key(const struct mc_addr *patient, const struct mc_addr *accessor)
{
    return vm_key2(VM_PC_TAG_NEWEST, mc_addr_slice(patient), mc_addr_slice(accessor));
}

/* ------------------------------------------------------------------ sessions */

/* Reads a session as it is in the current block: one whose time is over is CLOSED. */
static enum mc_err session_load(struct vm_call *c, struct mc_slice id, struct vm_pc_session *s,
                                bool *found)
{
    struct vm_key k = vm_key1(VM_PC_TAG_SESSION, id);
    VM_TRY(vm_get(c, &k, &VM_PC_SESSION, s, found));
    if (s->state == VM_PC_SESSION_OPEN && c->time_s >= s->expires_s) {
        s->state = VM_PC_SESSION_CLOSED;
        s->closed_s = s->expires_s;
    }
    return MC_OK;
}

static enum mc_err session_require(struct vm_call *c, struct mc_slice id, struct vm_pc_session *s)
{
    bool found;
    VM_TRY(session_load(c, id, s, &found));
    VM_REQUIRE(c, found, "Session does not exist");
    return MC_OK;
}

static enum mc_err session_save(struct vm_call *c, struct mc_slice id,
                                const struct vm_pc_session *s)
{
    struct vm_key k = vm_key1(VM_PC_TAG_SESSION, id);
    return vm_put(c, &k, &VM_PC_SESSION, s);
}

enum mc_err vm_pc_session_open(struct vm_call *c, const struct mc_addr *patient,
                               const struct mc_addr *accessor, struct mc_slice *id)
{
    struct vm_key k = newest_key(patient, accessor);
    struct vm_pc_session s;
    struct newest n;
    bool found;

    *id = mc_slice(NULL, 0);
    VM_TRY(vm_get(c, &k, &newest_layout, &n, &found));
    if (!found)
        return MC_OK;
    VM_TRY(session_load(c, n.id, &s, &found));
    if (!found)
        return vm_cell_corrupt(c);
    if (s.state == VM_PC_SESSION_OPEN)
        *id = n.id;
    return MC_OK;
}

/* ------------------------------------------------------------------ opening */

/* Refused by a patient who opted out, while patients may. */
static enum mc_err opt_out_check(struct vm_call *c, const struct mc_addr *patient)
{
    struct vm_key k = vm_pc_addr_key(VM_PC_TAG_OPT_OUT, patient);
    struct mc_u256 may;
    uint64_t out;
    VM_TRY(vm_param(c, "consent.allowOptOut", &may));
    VM_TRY(vm_get_u64(c, &k, &out));
    VM_REQUIRE(c, out == 0 || mc_u256_is_zero(&may), "Patient opted out");
    return MC_OK;
}

/* in: sessionId, patient, reasonCode, justificationHash, duration. */
static enum mc_err open_check(struct vm_call *c, const struct vm_val *in)
{
    struct vm_pc_session s;
    struct mc_slice open_id;
    struct mc_u256 longest;
    bool found;

    VM_REQUIRE(c, in[0].bytes.n != 0, "Empty id");
    VM_TRY(session_load(c, in[0].bytes, &s, &found));
    VM_REQUIRE(c, !found, "Session already exists");
    VM_REQUIRE(c, !mc_addr_is_zero(&in[1].addr), "Zero address");
    VM_REQUIRE(c, in[2].bytes.n != 0, "Empty reason code");
    VM_REQUIRE(c, !mc_hash_is_zero(&in[3].word), "Justification required");
    VM_TRY(vm_param(c, "consent.emergencyMaxSeconds", &longest));
    VM_REQUIRE(c, !mc_u256_is_zero(&in[4].num) && mc_u256_cmp(&in[4].num, &longest) <= 0,
               "Invalid duration");
    VM_TRY(opt_out_check(c, &in[1].addr));
    VM_TRY(vm_pc_session_open(c, &in[1].addr, &c->caller, &open_id));
    VM_REQUIRE(c, open_id.n == 0, "Session already open");
    return MC_OK;
}

VM_HANDLER(vm_pc_open_emergency)
{
    struct vm_key list = vm_pc_addr_key(VM_PC_TAG_SESSIONS, &in[1].addr);
    struct vm_key queue = vm_key(VM_PC_TAG_UNREVIEWED),
                  newest = newest_key(&in[1].addr, &c->caller);
    struct newest n = {in[0].bytes};

    (void)out;
    VM_TRY(open_check(c, in));
    struct vm_pc_session s = {.patient = in[1].addr,
                              .accessor = c->caller,
                              .reason = in[2].bytes,
                              .justification = in[3].word,
                              .opened_s = c->time_s,
                              .expires_s = c->time_s + vm_arg_u64(&in[4]),
                              .state = VM_PC_SESSION_OPEN};
    VM_TRY(vm_seq_add(c, &queue, in[0].bytes, &s.pos));
    VM_TRY(vm_list_push(c, &list, in[0].bytes));
    VM_TRY(vm_put(c, &newest, &newest_layout, &n));
    VM_TRY(session_save(c, in[0].bytes, &s));
    struct vm_val ev[] = {in[0], in[1], vm_addr(&c->caller), in[0], in[2], vm_u64(s.expires_s)};
    return vm_emit(c, VM_PC_EMERGENCY_OPENED, ev);
}

/* ------------------------------------------------------------------ end and review */

static enum mc_err may_close(struct vm_call *c, const struct vm_pc_session *s, bool *out)
{
    uint32_t held;
    *out = mc_addr_eq(&s->accessor, &c->caller);
    if (*out)
        return MC_OK;
    VM_TRY(vm_pc_patient_side(c, &s->patient, &c->caller, out));
    if (*out)
        return MC_OK;
    VM_TRY(vm_roles_held(c, &c->caller, VM_ADMIN, &held));
    *out = held != 0;
    return MC_OK;
}

VM_HANDLER(vm_pc_close_emergency)
{
    struct vm_pc_session s;
    bool may;

    (void)out;
    VM_TRY(session_require(c, in[0].bytes, &s));
    VM_REQUIRE(c, s.state == VM_PC_SESSION_OPEN, "Session is not open");
    VM_TRY(may_close(c, &s, &may));
    VM_REQUIRE(c, may, "Caller may not close");
    s.state = VM_PC_SESSION_CLOSED;
    s.closed_s = c->time_s;
    VM_TRY(session_save(c, in[0].bytes, &s));
    struct vm_val ev[] = {in[0], vm_addr(&s.patient), vm_addr(&c->caller), in[0]};
    return vm_emit(c, VM_PC_EMERGENCY_CLOSED, ev);
}

VM_HANDLER(vm_pc_review_emergency)
{
    struct vm_key queue = vm_key(VM_PC_TAG_UNREVIEWED);
    struct vm_pc_session s;

    (void)out;
    VM_TRY(session_require(c, in[0].bytes, &s));
    VM_REQUIRE(c, s.state != VM_PC_SESSION_REVIEWED, "Session already reviewed");
    VM_REQUIRE(c, !mc_addr_eq(&s.accessor, &c->caller), "Reviewer cannot be the opener");
    if (s.state == VM_PC_SESSION_OPEN)
        s.closed_s = c->time_s;
    s.state = VM_PC_SESSION_REVIEWED;
    s.reviewer = c->caller;
    s.justified = vm_arg_bool(&in[1]);
    s.review = in[2].word;
    VM_TRY(vm_seq_remove(c, &queue, s.pos));
    VM_TRY(session_save(c, in[0].bytes, &s));
    struct vm_val ev[] = {in[0], vm_addr(&s.patient), vm_addr(&c->caller), in[0], in[1], in[2]};
    return vm_emit(c, VM_PC_EMERGENCY_REVIEWED, ev);
}

VM_HANDLER(vm_pc_set_emergency_opt_out)
{
    struct vm_key k = vm_pc_addr_key(VM_PC_TAG_OPT_OUT, &c->caller);
    struct mc_u256 may;
    uint64_t now, want = vm_arg_bool(&in[0]);

    (void)out;
    VM_TRY(vm_param(c, "consent.allowOptOut", &may));
    VM_REQUIRE(c, !mc_u256_is_zero(&may), "Opt-out is disabled");
    VM_TRY(vm_get_u64(c, &k, &now));
    VM_REQUIRE(c, now != want, "Opt-out unchanged");
    VM_TRY(vm_put_u64(c, &k, want));
    struct vm_val ev[] = {vm_addr(&c->caller), in[0]};
    return vm_emit(c, VM_PC_OPT_OUT, ev);
}

/* ------------------------------------------------------------------ views */

VM_HANDLER(vm_pc_get_emergency)
{
    struct vm_pc_session s;
    VM_TRY(session_require(c, in[0].bytes, &s));
    vm_ret_tuple(c, out, &VM_PC_SESSION, &s);
    return MC_OK;
}

VM_HANDLER(vm_pc_get_emergencies_by_patient)
{
    struct vm_key k = vm_pc_addr_key(VM_PC_TAG_SESSIONS, &in[0].addr);
    return vm_ret_page(c, out, &k, vm_arg_u64(&in[1]), vm_arg_u64(&in[2]), true);
}

VM_HANDLER(vm_pc_get_unreviewed_emergencies)
{
    struct vm_key k = vm_key(VM_PC_TAG_UNREVIEWED);
    return vm_seq_ret_page(c, out, &k, vm_arg_u64(&in[0]), vm_arg_u64(&in[1]));
}
