/* Texts that the tests of MedicalRecord share. */
#ifndef MC_TESTS_VM_MEDICAL_RECORD_TEXT_H
#define MC_TESTS_VM_MEDICAL_RECORD_TEXT_H

#define M "MedicalRecord"
#include "tests/vm/care_text.h"

#define DAY   86400ull
#define MONTH (30 * DAY)

/* "\"0x...\"" of some bytes. */
static inline const char *hex_json(const void *p, size_t n)
{
    static char digits[2 * 4096 + 1];
    assert_true(n <= 4096);
    mc_hex_encode(digits, p, n);
    return text("\"0x%s\"", digits);
}

static inline const char *sha_json(const char *payload)
{
    struct mc_hash h_;
    mc_sha256(&h_, mc_slice_str(payload));
    return hex_json(h_.b, sizeof h_.b);
}

/* Content with this payload and a commitment that ends in `mark`. */
static inline const char *content(const char *mark, const char *payload)
{
    return text("[\"0x00000000000000000000000000000000000000000000000000000000000000%s\",%s,"
                "\"aes\",\"\",%zu,%s]",
                mark, sha_json(payload), strlen(payload), hex_json(payload, strlen(payload)));
}

static inline const char *key_for(uint32_t account, uint64_t expires)
{
    return text("[%s,%llu,\"0x6b%04x\"]", acc(account), (unsigned long long)expires, account);
}

/* The doctor stores a record of the patient. */
static inline void store(const char *id, const char *keys)
{
    struct mc_addr was = h->caller;
    as(DOCTOR);
    does("storeRecord",
         text("[\"%s\",%s,\"LAB\",%s,[%s]]", id, acc(PATIENT), content("c1", "secret"), keys));
    h->caller = was;
}

static inline const char *stored_log(const char *id, uint32_t author, unsigned version)
{
    return text("{\"event\":\"RecordStored\",\"args\":{\"recordKey\":\"%s\",\"patient\":%s,"
                "\"author\":%s,\"recordId\":\"%s\",\"category\":\"LAB\",\"version\":\"%u\"}}\n",
                topic(id), acc(PATIENT), acc(author), id, version);
}

static inline const char *key_log(const char *id, uint32_t grantee, uint64_t expires)
{
    return text("{\"event\":\"KeyGranted\",\"args\":{\"recordKey\":\"%s\",\"patient\":%s,"
                "\"grantee\":%s,\"recordId\":\"%s\",\"expiresAt\":\"%llu\"}}\n",
                topic(id), acc(PATIENT), acc(grantee), id, (unsigned long long)expires);
}

/* The patient consents to TREAT with LAB data by an account. */
static inline void consent(const char *id, uint32_t grantee, unsigned actions)
{
    struct mc_addr was = h->caller;
    as(PATIENT);
    memhost_ok(h, "PatientConsent", "grantConsent",
               text("[\"%s\",%s,[%s," ZERO_HASH
                    ",\"LAB\",\"\",\"TREAT\",%u,0,%llu,false]," ZERO_HASH "]",
                    id, acc(PATIENT), acc(grantee), actions, START + 300 * DAY),
               "null");
    h->caller = was;
}

static inline void represented_by(uint32_t account)
{
    struct mc_addr was = h->caller;
    as(PATIENT);
    memhost_ok(h, "PatientConsent", "setRepresentative",
               text("[%s,%s,%llu," ZERO_HASH "]", acc(PATIENT), acc(account), START + 300 * DAY),
               "null");
    h->caller = was;
}

/* getKeyHolders() lists these accounts and expiries. */
static inline void held_by(const char *id, const char *grantees, const char *expiries,
                           unsigned total)
{
    shows(
        "getKeyHolders", text("[\"%s\",0,100]", id),
        text("{\"grantees\":[%s],\"expiries\":[%s],\"total\":\"%u\"}", grantees, expiries, total));
}

#endif
