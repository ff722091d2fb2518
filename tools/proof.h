/* Proof bundles: one file that shows to anybody with the chain's genesis file what a record says, since when and by
 * whose decision, without any node.  The format and why it convinces: docs/proof-format.md.
 *
 *     proof_export.c   asks a node for the pieces                     (medichain proof export)
 *     proof_file.c     bundle <-> bytes, one form for one bundle
 *     proof_check.c    bundle and genesis file -> what is proven; pure, no node
 *     proof_verify.c   says it in words and as JSON                    (medichain proof verify) */
#ifndef MC_TOOLS_PROOF_H
#define MC_TOOLS_PROOF_H

#include "consensus/consensus.h"
#include "genesis/genesis.h"

#define PROOF_FORMAT         "medichain-proof-1"
#define PROOF_FILE_BYTES_MAX (1024u * 1024u)
#define PROOF_NODES_MAX      65u /* a path of 64 nibbles and its end */
#define PROOF_LINKS_MAX      256u

/* A header and the votes that decided it. */
struct proof_block {
    struct mc_slice header;      /* RLP */
    struct mc_slice certificate; /* commit certificate as consensus encodes it */
};
/* Trie nodes from a root to a value. */
struct proof_path {
    struct mc_slice nodes[PROOF_NODES_MAX];
    uint32_t cnt;
};
/* The block whose header names another validator set for the next height, and that set. */
struct proof_link {
    struct proof_block block;
    struct mc_slice validators; /* RLP: cons_valset_rlp() */
};
/* Everything points into `arena`, or to what the maker of the bundle keeps. */
struct proof_bundle {
    struct mc_arena arena;
    struct mc_slice module, id; /* names */
    struct mc_slice record;     /* stored bytes */
    struct proof_link *links;   /* oldest first */
    uint32_t link_cnt;
    struct proof_block state; /* the block in whose state the record is shown */
    struct proof_path account, storage;
    struct proof_block anchor; /* the block that gave the record its present hash */
    uint64_t tx_i;             /* of the transaction that did, in that block */
    struct proof_path tx, receipt;
};

/* Appends the file's bytes: the only form that proof_read() takes. */
void proof_write(struct mc_buf *out, const struct proof_bundle *b);
/* Reads a bundle; the text need not stay.  Freed with proof_free(), also after an error.
 * MC_EMALFORM: not a bundle, or not in the one form; MC_ELIMIT, MC_ENOMEM. */
MC_NODISCARD enum mc_err proof_read(struct proof_bundle *out, struct mc_slice text,
                                    struct mc_errmsg *em);
void proof_free(struct proof_bundle *b);

/* The path to item i of the trie over a block's transactions or receipts (keys are rlp(index)); nodes come from the
 * arena. */
MC_NODISCARD enum mc_err proof_list_path(struct proof_path *out, struct mc_arena *arena,
                                         const struct mc_slice *items, uint32_t cnt, uint64_t i,
                                         struct mc_errmsg *em);

/* ---- what a bundle proves ---- */

/* A block that a quorum of its validator set decided. */
struct proof_decided {
    struct ledger_header header;
    struct mc_hash hash;
    const struct cons_valset *set; /* borrowed from the facts */
    const struct cons_cert *cert;  /* likewise */
};
struct proof_facts {
    struct mc_arena arena;
    struct cons_chain chain;
    struct proof_decided state, anchor;
    struct mc_json_doc *record; /* its fields by name */
    struct mc_slice hash;       /* the record's present hash, as it was written */
    struct mc_addr sender;      /* who signed the transaction that wrote it */
    struct mc_hash tx_hash;
    bool modified; /* it replaced an earlier hash; else it came with the record's creation */
};
/* Checks everything in the bundle against the genesis file.  Freed with proof_facts_free(), also after an error.
 * MC_EAUTH, MC_EMALFORM, MC_EINVAL or MC_EMISMATCH with a sentence that says what does not hold. */
MC_NODISCARD enum mc_err proof_check(struct proof_facts *out, const struct proof_bundle *b,
                                     const struct gen *genesis, struct mc_errmsg *em);
void proof_facts_free(struct proof_facts *f);

#endif
