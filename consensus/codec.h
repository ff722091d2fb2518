/* Pieces of the wire format that messages, certificates and vote-log records share (docs/formats.md). */
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
/* An unsigned integer that fits 32 bits, at most `max`. */
MC_NODISCARD enum mc_err cons_codec_u32(struct mc_mp *m, uint32_t *out, uint32_t max,
                                        struct mc_errmsg *em);

#endif
