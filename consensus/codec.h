/* The wire format: msgpack arrays, every field in this order, one form per value.
 *
 *   PREPARE, COMMIT  version type height round digest[32] signer signature[64]
 *   ROUND_CHANGE     ... certificate-or-nil
 *   PROPOSAL         ... body [nested round change ...] certificate-or-nil
 *   nested RC        signer prepared round digest[32] signature[64]
 *   certificate      version type height round digest[32] bitmap[16] signatures[64 x signers]
 *   vote record      version type height round digest[32] body [nested RC ...] certificate-or-nil
 *   evidence         version type height round signer digest[32] signature[64] digest[32] signature[64]
 *
 * Pieces that several of them share are below. */
#ifndef MC_CONSENSUS_CODEC_H
#define MC_CONSENSUS_CODEC_H

#include "consensus/consensus.h"

/* The array element of a certificate, or nil. */
void cons_codec_put_cert(struct mc_buf *out, const struct cons_cert *cc);
MC_NODISCARD enum mc_err cons_codec_cert(struct mc_mp *m, struct cons_cert *out,
                                         struct mc_errmsg *em);
/* nil gives *out = NULL; a certificate is taken from the arena. */
MC_NODISCARD enum mc_err cons_codec_cert_or_nil(struct mc_mp *m, struct mc_arena *a,
                                                const struct cons_cert **out, struct mc_errmsg *em);
void cons_codec_put_rcs(struct mc_buf *out, const struct cons_rc *rcs, uint32_t cnt);
MC_NODISCARD enum mc_err cons_codec_rcs(struct mc_mp *m, struct mc_arena *a,
                                        const struct cons_rc **out, uint32_t *cnt,
                                        struct mc_errmsg *em);
MC_NODISCARD enum mc_err cons_codec_version(struct mc_mp *m, struct mc_errmsg *em);
/* Checks one signature of a member of vs; `what` begins the words on failure.  sign.c */
MC_NODISCARD enum mc_err cons_vote_verify(const struct cons_vote *v, const struct cons_chain *chain,
                                          const struct cons_valset *vs, const char *what,
                                          struct mc_errmsg *em);
/* An unsigned integer that fits 32 bits, at most `max`. */
MC_NODISCARD enum mc_err cons_codec_u32(struct mc_mp *m, uint32_t *out, uint32_t max,
                                        struct mc_errmsg *em);

#endif
