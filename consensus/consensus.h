/* consensus: PBFT for blocks as a pure state machine.
 *
 * Events go in, outputs come out; the caller (node/, or the simulator) does the work and reports back with
 * another event.  The core reads no clock, draws no random number, touches no socket, file or key, and
 * allocates nothing after cons_new().  The same events in the same order give the same outputs, byte for byte.
 *
 *   CONS_EV_RECORD*          the vote log, in order, before anything else (nothing on the first start)
 *   CONS_EV_COMMITTED        "block h is durable; open h+1 with this validator set"; h = 0 is genesis
 *   CONS_EV_WORK             transactions wait or the heartbeat is due: timers run, the proposer is asked
 *      -> out.propose        build a block, answer with CONS_EV_PROPOSAL
 *      -> out.persist, send  log, then sign and send; feed our own signed message back as CONS_EV_MSG
 *      -> out.validate       execute, answer with CONS_EV_VALIDATED
 *      -> out.commit         write block and certificate, answer with CONS_EV_COMMITTED
 *
 * A chain of one validator takes exactly this way: each of its own messages comes back as an event.
 *
 * Durability (order of the outputs): every record of out.persist must be synced before the first byte of
 * out.send leaves the process.  Our own copy may be fed back before the sync, so that a chain of steps costs one
 * sync; but no later message of ours may leave, and no block be shown to anybody, before all records are synced.
 *
 * Trust: a message handed in has been decoded by cons_msg_decode() and passed cons_msg_verify() against the
 * validator set of its own height, nested signatures included (pure jobs for worker threads).  The core
 * still checks everything that is not a signature: membership, duplicates, height, round, digest, justification.
 *
 * Threads: one thread owns a struct cons.  The codec, certificate and validator-set functions are pure and may
 * run anywhere.  Terms: n validators, f may lie, a quorum is q. */
#ifndef MC_CONSENSUS_CONSENSUS_H
#define MC_CONSENSUS_CONSENSUS_H

#include "base/base.h"

/* ---- sizes ---- */

/* A proposed block as the core sees it: opaque bytes (header and transaction list).  All transactions of a full
 * block plus header and framing. */
#define CONS_BODY_BYTES_MAX (MC_BLOCK_BYTES_MAX + 1024u * 1024u)
/* Nobody reaches this round: at the capped timer it takes a thousand years. */
#define CONS_ROUND_MAX (1u << 30)
/* One encoded message without its body: 128 nested round changes, one certificate, framing. */
#define CONS_MSG_OVERHEAD_MAX (64u * 1024u)
#define CONS_BITMAP_LEN       (MC_VALIDATORS_MAX / 8u)
#define CONS_SIGN_BYTES_LEN   134u
#define CONS_WIRE_VERSION     1u

/* ---- chain, validators, quorum ---- */

/* What every signature is bound to, besides the validator set. */
struct cons_chain {
    uint64_t chain_id;
    struct mc_hash genesis; /* hash of block 0 */
};

struct cons_validator {
    uint8_t pub[32];     /* Ed25519: votes */
    struct mc_addr addr; /* secp256k1 account: on-chain identity */
};

/* The validators of one height, in their order; an index into it names a validator in messages. */
struct cons_valset {
    uint32_t cnt;                               /* 1 .. MC_VALIDATORS_MAX */
    struct cons_validator v[MC_VALIDATORS_MAX]; /* the first cnt are in use */
    struct mc_hash hash;                        /* set by cons_valset_seal() */
};

/* Checks count, keys and that no key or account appears twice, and fills in vs->hash:
 * keccak256 of the RLP list of [account, key] pairs in order.
 * Returns: MC_OK; MC_EINVAL with the reason; MC_ENOMEM. */
MC_NODISCARD enum mc_err cons_valset_seal(struct cons_valset *vs, struct mc_errmsg *em);
/* Appends that RLP, which a header's mixHash is the hash of. */
void cons_valset_rlp(struct mc_buf *out, const struct cons_valset *vs);
/* Reads what cons_valset_rlp() writes and seals it.  MC_EMALFORM, MC_EINVAL or MC_ENOMEM otherwise. */
MC_NODISCARD enum mc_err cons_valset_from_rlp(struct cons_valset *vs, struct mc_slice rlp,
                                              struct mc_errmsg *em);
/* Index of a key in the set, or -1. */
int32_t cons_valset_find(const struct cons_valset *vs, const uint8_t pub[32]);

uint32_t cons_quorum(uint32_t n); /* ceil(2n/3); n >= 1 */
uint32_t cons_faults(uint32_t n); /* floor((n-1)/3) */
/* Index of the validator that proposes at this height and round: (h + r) mod n. */
uint32_t cons_proposer(uint32_t n, uint64_t height, uint32_t round);

/* ---- messages ---- */

enum cons_msg_type {
    CONS_PROPOSAL = 1,
    CONS_PREPARE = 2,
    CONS_COMMIT = 3,
    CONS_ROUND_CHANGE = 4,
};

/* One signed statement: `type` at (height, round) about `digest` by validator `signer`.
 * digest is the block hash; for a round change cons_rc_digest() of what the signer had prepared. */
struct cons_vote {
    enum cons_msg_type type;
    uint64_t height;
    uint32_t round;  /* 0 .. CONS_ROUND_MAX */
    uint32_t signer; /* index into the validator set of that height */
    struct mc_hash digest;
    uint8_t sig[MC_ED25519_SIG_LEN];
};

/* A quorum of votes of one type for one (height, round, digest).  Of COMMITs: the commit certificate, stored
 * beside the block.  Of PREPAREs: a prepared certificate. */
struct cons_cert {
    enum cons_msg_type type; /* CONS_PREPARE or CONS_COMMIT */
    uint64_t height;
    uint32_t round;
    struct mc_hash digest;
    uint8_t bitmap[CONS_BITMAP_LEN];                     /* signer i: bit i%8 of byte i/8 */
    uint32_t sig_cnt;                                    /* number of bits set */
    uint8_t sigs[MC_VALIDATORS_MAX][MC_ED25519_SIG_LEN]; /* by ascending index of the signer */
};

/* A round change as nested in a proposal (its height and round are the proposal's). */
struct cons_rc {
    uint32_t signer;
    bool prepared;       /* false: nothing prepared; the next two are zero then */
    uint32_t prep_round; /* below the round asked for */
    struct mc_hash prep_digest;
    uint8_t sig[MC_ED25519_SIG_LEN];
};

/* A message.  Pointers are borrowed: from the arena and bytes it was decoded from, or from the core. */
struct cons_msg {
    struct cons_vote vote; /* sig is all zero in out.send unless `is_signed` */
    bool is_signed;       /* out.send: a resend whose signature the core holds: send it as it is; it
                                  need not be fed back */
    struct mc_slice body; /* PROPOSAL: the block; else empty */
    const struct cons_rc *rcs; /* PROPOSAL at round > 0: a quorum of round changes */
    uint32_t rc_cnt;
    const struct cons_cert
        *pc; /* PROPOSAL: what the highest of rcs prepared; ROUND_CHANGE: what the signer
                                   prepared; NULL: nothing prepared */
};

/* The digest that a round change signs: of the prepared round and block, or zero for none. */
void cons_rc_digest(struct mc_hash *out, bool prepared, uint32_t prep_round,
                    const struct mc_hash *prep_digest);

/* The bytes under an Ed25519 signature: domain, version, chain id, genesis hash, validator-set hash, type, height,
 * round, digest.  vote->signer and vote->sig do not enter. */
void cons_sign_bytes(uint8_t out[CONS_SIGN_BYTES_LEN], const struct cons_chain *chain,
                     const struct mc_hash *valset_hash, const struct cons_vote *vote);

/* Appends the wire form (msgpack, one form per message).  Memory failure: out->oom. */
void cons_msg_encode(struct mc_buf *out, const struct cons_msg *m);
/* Decodes one whole message.  Nested lists come from the arena; body is borrowed from `wire`.
 * body_bytes_max bounds the body.  Returns MC_EMALFORM, MC_ELIMIT (body) or MC_ENOMEM; *out is undefined then. */
MC_NODISCARD enum mc_err cons_msg_decode(struct cons_msg *out, struct mc_arena *a,
                                         struct mc_slice wire, size_t body_bytes_max,
                                         struct mc_errmsg *em);
/* Checks every signature of a decoded message, nested ones included, on re-encoded bytes.
 * vs: the validator set of m->vote.height.  Returns MC_EAUTH naming the failing part, or MC_OK. */
MC_NODISCARD enum mc_err cons_msg_verify(const struct cons_msg *m, const struct cons_chain *chain,
                                         const struct cons_valset *vs, struct mc_errmsg *em);

void cons_cert_encode(struct mc_buf *out, const struct cons_cert *cc);
MC_NODISCARD enum mc_err cons_cert_decode(struct cons_cert *out, struct mc_slice wire,
                                          struct mc_errmsg *em);
/* MC_OK when cc holds valid signatures of at least a quorum of vs, and of members only, for its own type, height,
 * round and digest.  The caller compares type, height and digest with what it wants certified. */
MC_NODISCARD enum mc_err cons_cert_verify(const struct cons_cert *cc,
                                          const struct cons_chain *chain,
                                          const struct cons_valset *vs, struct mc_errmsg *em);
bool cons_cert_has(const struct cons_cert *cc, uint32_t signer);

/* Two signed statements of one validator that contradict each other: same type, height and round, two digests. */
struct cons_evidence {
    struct cons_vote a, b;
};

void cons_evidence_encode(struct mc_buf *out, const struct cons_evidence *e);
MC_NODISCARD enum mc_err cons_evidence_decode(struct cons_evidence *out, struct mc_slice wire,
                                              struct mc_errmsg *em);
/* MC_OK when e convicts validator e->a.signer of vs, the set of e->a.height; MC_EAUTH with the reason if not. */
MC_NODISCARD enum mc_err cons_evidence_verify(const struct cons_evidence *e,
                                              const struct cons_chain *chain,
                                              const struct cons_valset *vs, struct mc_errmsg *em);

/* ---- vote log records ---- */

enum cons_rec_type {
    CONS_REC_MARK = 1,     /* all heights up to `height` are decided and durable elsewhere */
    CONS_REC_PROPOSAL = 2, /* rcs and pc as in the proposal; body as below */
    CONS_REC_PREPARE = 3,  /* body, unless an earlier record of this height holds it */
    CONS_REC_COMMIT = 4,   /* pc: the prepared certificate */
    CONS_REC_ROUND = 5,    /* the round change to `round` */
};

/* What must be durable before a message leaves.  Written to and replayed from the vote log.
 * After block h is durable, and before CONS_EV_COMMITTED says so, the log may be cut down to one MARK record of
 * height h. */
struct cons_rec {
    enum cons_rec_type type;
    uint64_t height;
    uint32_t round;
    struct mc_hash digest;
    struct mc_slice body;
    const struct cons_rc *rcs;
    uint32_t rc_cnt;
    const struct cons_cert *pc;
};

void cons_rec_encode(struct mc_buf *out, const struct cons_rec *rec);
MC_NODISCARD enum mc_err cons_rec_decode(struct cons_rec *out, struct mc_arena *a,
                                         struct mc_slice wire, struct mc_errmsg *em);

/* ---- the state machine ---- */

struct cons;

struct cons_cfg {
    uint8_t self_pub[32];    /* our Ed25519 key; an observer uses zeros and never votes */
    uint32_t timeout_ms;     /* T0 of round 0, > 0 */
    uint32_t timeout_max_ms; /* cap of T0 * 2^r, >= timeout_ms */
    size_t body_bytes_max;   /* 0: CONS_BODY_BYTES_MAX */
    uint64_t
        abstain_height; /* never vote at or below it; 0: none.  Set by an operator after a lost log */
};

/* A block that has a body. */
struct cons_block {
    uint64_t height;
    uint32_t round;
    struct mc_hash hash;
    struct mc_slice body;
    bool
        fresh; /* the proposer just built it: check its time against our clock.  Never for a re-proposal or a
                   decided block: those must stay provable (all other checks apply always) */
};

/* A block asked for.  propose: build one for (height, round).  fetch: ask peers for the body of `hash`. */
struct cons_want {
    uint64_t height;
    uint32_t round;
    struct mc_hash hash;
};

enum cons_alarm {
    CONS_ALARM_NONE = 0,
    CONS_ALARM_DIVERGED, /* a quorum committed a block that we find invalid: stop voting, keep the data */
    CONS_ALARM_KEY_TWICE, /* our key signed something that our log does not know: another node uses it, or our log
                             was rolled back.  The core abstains from now on */
};

/* What the caller must do, in this order.  Pointers are borrowed until the next cons_step(). */
struct cons_out {
    const struct cons_rec *persist; /* append to the vote log; sync before anything is sent */
    uint32_t persist_cnt;
    const struct cons_msg *send; /* sign, send to all validators, feed ours back */
    uint32_t send_cnt;
    const struct cons_want *propose;   /* NULL: nothing; asked once per round */
    const struct cons_block *validate; /* NULL: nothing */
    const struct cons_want *fetch;     /* NULL: nothing; asked again at each resend */
    const struct cons_block *commit;   /* NULL: nothing; with commit_cert */
    const struct cons_cert *commit_cert;
    const struct cons_evidence *evidence; /* NULL: nothing */
    enum cons_alarm alarm;
    uint64_t deadline_ms; /* send CONS_EV_TIMER at this time; replaces the former one; 0: none */
};

enum cons_ev_type {
    CONS_EV_RECORD,
    CONS_EV_COMMITTED,
    CONS_EV_WORK,
    CONS_EV_PROPOSAL,
    CONS_EV_VALIDATED,
    CONS_EV_MSG,
    CONS_EV_BODY,
    CONS_EV_TIMER,
};

enum cons_verdict {
    CONS_VALID,
    CONS_INVALID,    /* the block with this hash breaks a rule */
    CONS_WRONG_BODY, /* the bytes are not the block of this hash */
};

struct cons_event {
    enum cons_ev_type type;
    uint64_t now_ms; /* monotonic; never goes back */
    union {
        struct cons_rec record; /* borrowed */
        struct {
            uint64_t height;                  /* decided and durable, by us or by sync */
            const struct cons_valset *valset; /* sealed; of height + 1; copied */
            bool work;                        /* as CONS_EV_WORK for the new height */
        } committed;
        struct {
            uint64_t height; /* from out.propose */
            uint32_t round;
            struct mc_hash hash;
            struct mc_slice body; /* copied */
        } proposal;
        struct {
            struct mc_hash hash;
            bool fresh; /* from the request */
            enum cons_verdict verdict;
        } validated;
        const struct cons_msg *msg; /* borrowed for the call */
        struct {
            struct mc_hash
                hash; /* the caller has checked that it is the hash of the body's header */
            struct mc_slice body; /* copied */
        } body;
    } u;
};

/* Returns: a core that waits for records or the first CONS_EV_COMMITTED; cons_free() it.  NULL: no memory, or a
 * value of cfg out of range. */
struct cons *cons_new(const struct cons_cfg *cfg);
void cons_free(struct cons *c); /* NULL is allowed */

/* Feeds one event to the state machine.
 * Returns: MC_OK         also for a stale, duplicate or unwanted message: it is counted and dropped
 *          MC_EMALFORM   CONS_EV_MSG only: the message contradicts itself or the rules; state is unchanged; its
 *                        sender is at fault
 *          MC_EINVAL     an event out of order (a record after the first height, a height that goes back), or
 *                        bytes longer than body_bytes_max; state is unchanged
 * Out:     out           filled on MC_OK only
 * In:      ev            borrowed for the call */
MC_NODISCARD enum mc_err cons_step(struct cons *c, struct cons_out *out,
                                   const struct cons_event *ev);

/* The body of a block of the open height, to answer a peer's fetch.  False when we do not hold it or it is not
 * known to belong to that hash.  Borrowed until the next cons_step(). */
bool cons_body_get(const struct cons *c, const struct mc_hash *hash, struct mc_slice *body);

/* Counters since cons_new(). */
struct cons_stats {
    uint64_t stale;     /* messages of a decided height or of a round long past */
    uint64_t duplicate; /* said before, the same */
    uint64_t far;       /* too far ahead to keep */
    uint64_t buffered;  /* kept for the next height */
    uint64_t malformed; /* answered MC_EMALFORM */
    uint64_t evidence;  /* contradictions found */
    uint64_t timeouts;  /* rounds ended by our own timer */
    uint64_t
        round_jumps; /* rounds entered because f+1 others, or a justified proposal, were ahead */
};

/* What one validator said at the open height, for "who is silent". */
struct cons_peer_status {
    bool seen;            /* any valid message */
    bool prepared;        /* PREPARE at our round */
    bool committed;       /* COMMIT at our round */
    uint32_t asked_round; /* highest round change, 0: none */
};

struct cons_status {
    uint64_t height; /* open height; 0: none yet */
    uint32_t round;
    uint32_t n, q;
    int32_t self;                     /* our index, -1: not a validator */
    bool voting;                      /* false: observer, abstaining, or alarmed */
    bool active;                      /* a proposal is due: round timers run */
    bool decided;                     /* waits for CONS_EV_COMMITTED */
    bool has_proposal;                /* accepted one at this round */
    bool has_prepared;                /* holds a prepared certificate of this height */
    uint32_t proposer;                /* of this round */
    uint32_t prepare_cnt, commit_cnt; /* at this round, for the accepted proposal */
    struct mc_hash proposal;          /* zero when none */
    struct cons_stats stats;
    struct cons_peer_status peer[MC_VALIDATORS_MAX]; /* the first n */
};

void cons_status_get(const struct cons *c, struct cons_status *out);

#endif
