#include "node/peer_list.h"

#include <stdlib.h>

static enum mc_err parse_host(struct peer_addr *out, const char *at, const char *end,
                              struct mc_errmsg *em)
{
    const char *colon = end;
    char *rest = NULL;
    while (colon > at && *colon != ':')
        colon--;
    unsigned long port = *colon == ':' ? strtoul(colon + 1, &rest, 10) : 0;
    const char *from = at, *to = colon;
    if (to > from + 1 && *from == '[' && to[-1] == ']') {
        from++;
        to--;
    }
    if (*colon != ':' || rest != end || rest == colon + 1 || port == 0 || port > 65535 ||
        to == from || (size_t)(to - from) >= PEER_HOST_MAX)
        return mc_fail(em, MC_EINVAL, "peers: \"%.*s\" is not HOST:PORT", (int)(end - at), at);
    memcpy(out->host, from, (size_t)(to - from));
    out->host[to - from] = 0;
    out->port = (uint16_t)port;
    return MC_OK;
}

static enum mc_err parse_one(struct peer_addr *out, const char *p, const char *end,
                             struct mc_errmsg *em)
{
    const char *key = p;
    memset(out, 0, sizeof *out);
    if (end - key > 2 && key[0] == '0' && key[1] == 'x')
        key += 2;
    if (end - key < 64 || !mc_hex_decode(out->pub, key, 32) || (end - key > 64 && key[64] != '@'))
        return mc_fail(em, MC_EINVAL,
                       "peers: \"%.*s\" does not begin with a key of 64 hex digits and @",
                       (int)(end - p), p);
    return end - key == 64 ? MC_OK : parse_host(out, key + 65, end, em);
}

enum mc_err peer_list_parse(struct peer_addr out[PEER_LIST_MAX], uint32_t *cnt, const char *text,
                            struct mc_errmsg *em)
{
    *cnt = 0;
    while (*text != 0) {
        const char *end = text + strcspn(text, ",");
        while (*text == ' ')
            text++;
        const char *last = end;
        while (last > text && last[-1] == ' ')
            last--;
        if (*cnt == PEER_LIST_MAX)
            return mc_fail(em, MC_EINVAL, "peers: more than %u entries", PEER_LIST_MAX);
        enum mc_err err = parse_one(&out[*cnt], text, last, em);
        if (err != MC_OK)
            return err;
        for (uint32_t i = 0; i < *cnt; i++) {
            if (memcmp(out[i].pub, out[*cnt].pub, 32) == 0)
                return mc_fail(em, MC_EINVAL, "peers: \"%.*s\" stands there twice",
                               (int)(last - text), text);
        }
        (*cnt)++;
        text = *end == ',' ? end + 1 : end;
    }
    return MC_OK;
}
