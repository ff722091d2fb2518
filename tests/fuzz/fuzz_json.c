/* JSON: what is accepted is written compactly, is accepted again, and is then written the same way. */
#include <stdlib.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct mc_buf echo(struct mc_slice text)
{
    struct mc_json_doc *doc = NULL;
    struct mc_buf out = {0};

    if (mc_json_parse(&doc, text, MC_JSON_DEPTH_MAX, NULL) != MC_OK)
        abort();
    mc_json_put(&out, mc_json_root(doc));
    mc_json_free(doc);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mc_json_doc *doc = NULL;
    struct mc_buf once, twice, literal = {0};
    struct mc_errmsg em;

    /* Any bytes make a literal that parses. */
    mc_json_put_str(&literal, mc_slice(data, size));
    once = echo(mc_buf_slice(&literal));
    mc_buf_free(&literal);
    mc_buf_free(&once);

    if (mc_json_parse(&doc, mc_slice(data, size), MC_JSON_DEPTH_MAX, &em) != MC_OK)
        return 0;
    mc_json_free(doc);
    once = echo(mc_slice(data, size));
    twice = echo(mc_buf_slice(&once));
    if (!mc_slice_eq(mc_buf_slice(&once), mc_buf_slice(&twice)))
        abort();
    mc_buf_free(&once);
    mc_buf_free(&twice);
    return 0;
}
