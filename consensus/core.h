/* The state behind consensus.h, shared by the files of this folder only.
 *
 *   consensus.c     create, dispatch, outputs        height.c        old, current or future? opening a height
 *   round.c         what now?                        votes.c         who voted, quorum?
 *   round_change.c  who wants another round?         body.c          blocks' bytes
 *   restore.c       the vote log's records           check_*.c       is this message valid?
 *
 * A step first handles its event, which only records facts; then cons_advance() looks at all facts and does what
 * has become due.  So the order in which facts arrive does not matter. */
#ifndef MC_CONSENSUS_CORE_H
#define MC_CONSENSUS_CORE_H

#include "consensus/consensus.h"

enum {
    /* Rounds r-1 .. r+2 of votes per validator and type; later rounds are covered by round changes. */
    CONS_WINDOW = 4,
    CONS_WINDOW_AHEAD = 2,
    /* Votes of the next height kept per validator: PREPARE and COMMIT of two rounds, and resends. */
    CONS_FUTURE_MAX = 8,
    /* Bodies: proposed by us, accepted, prepared by us, prepared by a quorum, committed, named by round changes,
     * and one to spare. */
    CONS_BODY_CNT = 7,
    /* Outputs of one step; see cons_advance(). */
    CONS_PERSIST_MAX = 8,
    CONS_SEND_MAX = 12,
};

/* One vote of a validator in a round; the round is told apart from others of the same window place. */
struct vote_slot {
    bool used;
    uint32_t round;
    struct mc_hash digest;
    uint8_t sig[MC_ED25519_SIG_LEN];
};

/* A validator's highest round change. */
struct rc_slot {
    bool used;
    uint32_t round;
    struct mc_hash digest;
    uint8_t sig[MC_ED25519_SIG_LEN];
    bool prepared;
    struct cons_cert pc;
};

enum body_state {
    BODY_UNKNOWN,
    BODY_VALID,
    BODY_UNTIMELY, /* invalid while fresh; perhaps only our clock */
    BODY_INVALID,
};

struct body {
    bool used;
    bool logged;        /* a vote-log record of this height holds it */
    bool trusted;       /* known to be the block of this hash: built, executed or logged by us */
    bool pending;       /* asked to be validated */
    bool pending_fresh; /* ... as a fresh block */
    enum body_state state;
    struct mc_hash hash;
    uint32_t len; /* bytes in use */
    uint64_t use; /* higher: stored later */
    uint8_t *buf; /* body_bytes_max */
};

/* Our last statement of one type at this height: what the vote log knows. */
struct own_vote {
    bool set;
    bool has_sig; /* came back signed */
    uint32_t round;
    struct mc_hash digest;
    uint8_t sig[MC_ED25519_SIG_LEN];
};

/* A digest at a round, when set. */
struct target {
    bool set;
    bool fresh; /* accepted only: a block just built, not a re-proposal */
    uint32_t round;
    struct mc_hash digest;
};

struct prepared {
    bool set;
    struct cons_cert cert;
};

/* Why our proposal at a round > 0 may be made. */
struct justification {
    uint32_t rc_cnt;
    bool has_pc;
    struct cons_rc rcs[MC_VALIDATORS_MAX];
    struct cons_cert pc;
};

struct future {
    uint32_t cnt[MC_VALIDATORS_MAX];
    struct cons_vote votes[MC_VALIDATORS_MAX][CONS_FUTURE_MAX];
    bool has_proposal;
    struct cons_vote proposal; /* round 0 only: it needs no justification */
    uint32_t body_len;
    uint8_t *body;
};

struct cons {
    struct cons_cfg cfg;
    struct cons_valset vs;
    uint32_t n, q, f;
    int32_t self;
    uint64_t now_ms;

    uint64_t height; /* open height, or of the records while none is open */
    bool open;
    uint64_t floor; /* never vote at or below */
    bool alarmed;   /* never vote again */
    bool diverged;  /* CONS_ALARM_DIVERGED was given */

    /* The open height. */
    uint32_t round;
    bool active;               /* a proposal is due */
    bool asked;                /* out.propose was given for this round */
    bool answered;             /* out.commit was given */
    bool fetching;             /* out.fetch was given since the last resend */
    struct target acc;         /* accepted proposal of this round */
    struct vote_slot acc_vote; /* its signed head; unused after a restart */
    struct target decided;     /* a quorum of COMMIT */
    struct cons_cert decided_cert;
    struct prepared prep; /* our highest prepared certificate */
    struct own_vote own_proposal, own_prepare, own_commit, own_rc;
    struct prepared own_rc_pc; /* prep as it was when own_rc was made */
    struct justification just; /* of own_proposal, or of the one being built */
    struct vote_slot prepares[MC_VALIDATORS_MAX][CONS_WINDOW];
    struct vote_slot commits[MC_VALIDATORS_MAX][CONS_WINDOW];
    struct rc_slot rcs[MC_VALIDATORS_MAX];
    bool seen[MC_VALIDATORS_MAX];
    bool told[MC_VALIDATORS_MAX]; /* evidence against it was given at this height */
    struct body bodies[CONS_BODY_CNT];
    uint64_t body_use;
    uint64_t round_deadline_ms, resend_deadline_ms; /* 0: not armed */

    struct future next;
    struct cons_stats stats;

    /* Outputs of the step. */
    struct cons_rec persist[CONS_PERSIST_MAX];
    struct cons_msg send[CONS_SEND_MAX];
    uint32_t persist_cnt, send_cnt;
    bool has_propose, has_validate, has_fetch, has_commit, has_evidence;
    struct cons_want propose, fetch;
    struct cons_block validate, commit;
    struct cons_evidence evidence;
    enum cons_alarm alarm;
};

/* consensus.c */
bool cons_may_vote(const struct cons *c);
void cons_put_rec(struct cons *c, const struct cons_rec *rec);
void cons_put_msg(struct cons *c, enum cons_msg_type type, struct own_vote *own);
void cons_put_evidence(struct cons *c, const struct cons_vote *a, const struct cons_vote *b);
void cons_raise(struct cons *c, enum cons_alarm alarm);

/* height.c */
MC_NODISCARD enum mc_err cons_height_open(struct cons *c, const struct cons_event *ev);
void cons_height_reset(struct cons *c, uint64_t height);
MC_NODISCARD enum mc_err cons_height_msg(struct cons *c, const struct cons_msg *m);

/* round.c */
/* A proposal is due: timers run from now on. */
void cons_activate(struct cons *c);
void cons_round_enter(struct cons *c, uint32_t round);
/* Logs and sends our round change to `to`, then enters it. */
void cons_round_leave(struct cons *c, uint32_t to);
void cons_round_proposal(struct cons *c, const struct cons_msg *m);
MC_NODISCARD enum mc_err cons_round_built(struct cons *c, const struct cons_event *ev);
void cons_round_timer(struct cons *c);
/* Our latest messages of this height once more, same bytes. */
void cons_resend(struct cons *c);
void cons_advance(struct cons *c);

/* votes.c */
void cons_vote_add(struct cons *c, const struct cons_vote *v);
uint32_t cons_vote_cnt(const struct cons *c, enum cons_msg_type type, uint32_t round,
                       const struct mc_hash *digest);
void cons_vote_cert(const struct cons *c, struct cons_cert *out, enum cons_msg_type type,
                    uint32_t round, const struct mc_hash *digest);

/* round_change.c */
void cons_rc_add(struct cons *c, const struct cons_msg *m);
/* The (f+1)-th highest round asked for: at least one honest validator asked for it or a higher one. */
uint32_t cons_rc_jump(const struct cons *c);
/* Fills c->just for the open round.  False without a quorum of round changes to exactly it. */
bool cons_rc_justify(struct cons *c);

/* body.c */
struct body *cons_body_find(struct cons *c, const struct mc_hash *hash);
struct body *cons_body_put(struct cons *c, const struct mc_hash *hash, struct mc_slice bytes);
void cons_body_drop(struct body *b);
void cons_body_verdict(struct cons *c, const struct mc_hash *hash, bool fresh,
                       enum cons_verdict verdict);
void cons_body_validate(struct cons *c, struct body *b, uint32_t round, bool fresh);
void cons_body_fetch(struct cons *c, uint32_t round, const struct mc_hash *hash);

/* restore.c */
MC_NODISCARD enum mc_err cons_restore(struct cons *c, const struct cons_rec *rec);

/* check_*.c: MC_EMALFORM when the message contradicts itself or the rules of its height. */
MC_NODISCARD enum mc_err cons_check_vote(const struct cons *c, const struct cons_vote *v);
MC_NODISCARD enum mc_err cons_check_proposal(const struct cons *c, const struct cons_msg *m);
MC_NODISCARD enum mc_err cons_check_round_change(const struct cons *c, const struct cons_msg *m);
MC_NODISCARD enum mc_err cons_check_pc(const struct cons *c, const struct cons_cert *pc,
                                       uint32_t below_round);

#endif
